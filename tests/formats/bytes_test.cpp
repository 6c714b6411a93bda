#include <guichet/formats/bytes.hpp>

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace guichet::formats {
namespace {

std::string gzip(const std::string& plain) {
  z_stream z{};
  EXPECT_EQ(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(plain.size() + 100, '\0');
  std::string in = plain;
  z.next_in = reinterpret_cast<Bytef*>(in.data());
  z.avail_in = static_cast<uInt>(in.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

/// All of a source in pieces of `step` bytes, or the error.
std::string drain(std::string_view bytes, std::size_t step = 7) {
  ByteSource source = ByteSource::of(bytes, "m");
  std::string out;
  std::string room(step, '\0');
  while (true) {
    const auto got = source.read(room);
    if (!got) return "error: " + got.error().detail;
    if (*got == 0) return out;
    out.append(room, 0, *got);
  }
}

TEST(Bytes, plain_bytes_come_as_they_are) {
  EXPECT_EQ(drain(""), "");
  EXPECT_EQ(drain("\x1f"), "\x1f");
  EXPECT_EQ(drain("hello, desk"), "hello, desk");
}

TEST(Bytes, gzip_is_unpacked_with_its_members_and_padding) {
  const std::string two = gzip("first ") + gzip("second");
  EXPECT_EQ(drain(two), "first second");
  EXPECT_EQ(drain(two + std::string(5, '\0')), "first second");
  EXPECT_EQ(drain(gzip("")), "");
}

TEST(Bytes, cut_or_damaged_gzip_is_an_error_and_not_less_data) {
  const std::string whole = gzip("a text of some length, a text of some length");
  for (std::size_t cut = 2; cut < whole.size(); ++cut)
    EXPECT_EQ(drain(whole.substr(0, cut)), "error: m: the gzip data end too early; the file was cut") << cut;
  std::string wrong = whole;
  wrong[wrong.size() - 5] ^= 1;  // of the checksum
  EXPECT_NE(drain(wrong).find("damaged gzip data near byte"), std::string::npos);
  EXPECT_NE(drain(whole + "more").find("damaged gzip data"), std::string::npos);
}

TEST(Bytes, what_is_peeked_is_read_again) {
  ByteSource source = ByteSource::of("abcdef");
  const auto front = source.peek(3);
  ASSERT_TRUE(front);
  EXPECT_EQ(*front, "abc");
  std::string room(10, '\0');
  std::string all;
  for (auto got = source.read(room); got && *got > 0; got = source.read(room)) all.append(room, 0, *got);
  EXPECT_EQ(all, "abcdef");
}

TEST(Bytes, a_missing_file_and_a_folder_are_named) {
  const auto missing = ByteSource::open("no/such/file");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().fault, Fault::not_found);
  EXPECT_EQ(missing.error().detail, "no/such/file: there is no such file");
  const auto folder = ByteSource::open(".");
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().detail, ".: is a folder, not a file");
}

TEST(Bytes, encodings_are_found_out) {
  const auto is = [](std::string_view start, Encoding encoding, std::size_t mark) {
    const SniffedEncoding sniffed = sniff_encoding(start);
    return sniffed.encoding == encoding && sniffed.mark_bytes == mark;
  };
  using namespace std::string_view_literals;
  EXPECT_TRUE(is("plain", Encoding::utf_8, 0));
  EXPECT_TRUE(is("\xEF\xBB\xBFplain", Encoding::utf_8, 3));
  EXPECT_TRUE(is("\xFF\xFEp\0"sv, Encoding::utf_16_le, 2));
  EXPECT_TRUE(is("\xFE\xFF\0p"sv, Encoding::utf_16_be, 2));
  EXPECT_TRUE(is("d\0o\0s\0s\0i\0e\0r\0"sv, Encoding::utf_16_le, 0));
  EXPECT_TRUE(is("\0d\0o\0s\0s\0i\0e\0r"sv, Encoding::utf_16_be, 0));
  EXPECT_TRUE(is("d\xE9sol\xE9, mais trop tard", Encoding::windows_1252, 0));
  EXPECT_TRUE(is("cut in a character: \xC3", Encoding::utf_8, 0));
}

TEST(Bytes, texts_become_utf_8_in_pieces_of_any_size) {
  using namespace std::string_view_literals;
  const auto turned = [](Encoding from, std::string_view bytes) {
    std::string out;
    Transcoder transcoder(from);
    for (std::size_t i = 0; i < bytes.size(); ++i) transcoder.add(bytes.substr(i, 1), i + 1 == bytes.size(), out);
    return out;
  };
  EXPECT_EQ(turned(Encoding::windows_1252, "\x80 \xE9"), "€ é");
  EXPECT_EQ(turned(Encoding::utf_16_le, "\xE9\x00\x3D\xD8\x00\xDE"sv), "é😀");
  EXPECT_EQ(turned(Encoding::utf_16_be, "\xD8\x3D\xDE\x00"sv), "😀");
  EXPECT_EQ(turned(Encoding::utf_16_le,
                   "\x3D\xD8"
                   "a\0"sv),
            "\xEF\xBF\xBD"
            "a");
  EXPECT_EQ(turned(Encoding::utf_16_le, "a\0b"sv), "a\xEF\xBF\xBD");
}

TEST(Bytes, encodings_have_several_names) {
  EXPECT_EQ(encoding_from("ISO-8859-1"), Encoding::windows_1252);
  EXPECT_EQ(encoding_from("latin-1"), Encoding::windows_1252);
  EXPECT_EQ(encoding_from("UTF-16BE"), Encoding::utf_16_be);
  EXPECT_EQ(encoding_from("koi8-r"), std::nullopt);
}

}  // namespace
}  // namespace guichet::formats
