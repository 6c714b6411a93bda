#include <arpa/inet.h>

#include <array>
#include <cstdint>
#include <span>

#include <gtest/gtest.h>

#include <guichet/desk/outside.hpp>

namespace guichet::desk {
namespace {

bool outside(const char* address) {
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET, address, bytes.data()) == 1) return is_outside(std::span{bytes}.first(4));
  EXPECT_EQ(inet_pton(AF_INET6, address, bytes.data()), 1) << address;
  return is_outside(bytes);
}

TEST(Outside, ThisMachineAndItsOwnNetworksAreInside) {
  for (const char* address : {"127.0.0.1",
                              "127.255.255.255",
                              "0.0.0.0",
                              "10.0.0.1",
                              "10.255.255.255",
                              "100.64.0.1",
                              "100.127.255.255",
                              "169.254.169.254",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.168.1.1",
                              "192.0.0.192",
                              "198.18.0.1",
                              "198.19.255.255",
                              "224.0.0.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "::7f00:1",
                              "::ffff:127.0.0.1",
                              "::ffff:10.1.2.3",
                              "fe80::1",
                              "fec0::1",
                              "fc00::1",
                              "fd00:ec2::254",
                              "ff02::1",
                              "64:ff9b::169.254.169.254",
                              "64:ff9b:1::1",
                              "2002:7f00:1::",
                              "2002:c0a8:101::1",
                              "2001::1",
                              "2001:db8::1",
                              "100::1"})
    EXPECT_FALSE(outside(address)) << address;
}

TEST(Outside, WhatBordersOnThemIsOutside) {
  for (const char* address :
       {"1.1.1.1",         "9.255.255.255",       "11.0.0.0",         "100.63.255.255",  "100.128.0.0",
        "126.255.255.255", "128.0.0.0",           "169.253.255.255",  "169.255.0.0",     "172.15.255.255",
        "172.32.0.0",      "192.167.255.255",     "192.169.0.0",      "198.17.255.255",  "198.20.0.0",
        "223.255.255.255", "::ffff:9.9.9.9",      "64:ff9b::9.9.9.9", "2002:909:909::1", "2a01:e00::1",
        "2606:4700::1111", "2001:4860:4860::8888"})
    EXPECT_TRUE(outside(address)) << address;
}

TEST(Outside, OtherThingsThanAddressesAreNot) {
  const std::array<std::uint8_t, 5> five{9, 9, 9, 9, 9};
  EXPECT_FALSE(is_outside(five));
  EXPECT_FALSE(is_outside({}));
}

}  // namespace
}  // namespace guichet::desk
