#include <guichet/desk/time_stamps.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace guichet::desk {
namespace {

proof::Head a_head(std::uint64_t size) {
  return {.log = proof::leaf_hash("log"),
          .size = size,
          .root = proof::leaf_hash("root"),
          .at = Instant{Duration{1'772'000'000'000}},
          .key = proof::leaf_hash("key")};
}

/// An authority of our own, made with the openssl program: a root, and a certificate that may only stamp.
class TimeStamps : public testing::Test {
 protected:
  TimeStamps() {
    std::string name = (std::filesystem::temp_directory_path() / "guichet-stamps-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "the folder for temporary files cannot be written";
    folder_ = name;
    write("tsa.cnf",
          "[req]\ndistinguished_name=dn\nprompt=no\n[dn]\nCN=An authority for tests\n"
          "[stamping]\nextendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n"
          "[root]\nbasicConstraints=critical,CA:TRUE\n"
          "[tsa]\ndefault_tsa=one\n[one]\nserial=" +
              file("serial") + "\ndigests=sha256\nsigner_digest=sha256\ndefault_policy=1.2.3.4.1\naccuracy=secs:1\n" +
              "ordering=no\ntsa_name=no\ness_cert_id_chain=no\ness_cert_id_alg=sha256\n");
    write("serial", "01\n");
    run("req -x509 -newkey ed25519 -nodes -keyout root.key -out root.pem -subj /CN=Root -days 30 -config tsa.cnf "
        "-extensions root");
    run("req -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.csr -config tsa.cnf");
    run("x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -out tsa.pem -days 30 -extfile tsa.cnf "
        "-extensions stamping");
  }
  ~TimeStamps() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name) const { return (folder_ / name).string(); }
  void write(const std::string& name, const std::string& bytes) {
    std::ofstream(file(name), std::ios::binary) << bytes;
  }
  std::string read(const std::string& name) const {
    std::ifstream in(file(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void run(const std::string& words) {
    const std::string command = "cd " + folder_.string() + " && openssl " + words + " >log 2>&1";
    ASSERT_EQ(std::system(command.c_str()), 0) << command << "\n" << read("log");
  }
  std::string stamp(const proof::Head& head) {
    write("request.tsq", stamp_request(head));
    run("ts -reply -config tsa.cnf -section one -queryfile request.tsq -signer tsa.pem -inkey tsa.key -out answer.tsr");
    return read("answer.tsr");
  }

  std::filesystem::path folder_;
};

TEST_F(TimeStamps, SayWhenAHeadExisted) {
  const proof::Head head = a_head(7);
  const std::string response = stamp(head);
  const Result<Stamped> stamped = check_stamp(response, head, file("root.pem"));
  ASSERT_TRUE(stamped) << stamped.error().detail;
  EXPECT_EQ(stamped->authority, "/CN=An authority for tests");
  EXPECT_GT(stamped->at, head.at);
  EXPECT_TRUE(is_stamp_of(response, head));
  // The request reads as one for other programs, too.
  run("ts -query -in request.tsq -text");
  EXPECT_NE(read("log").find("Hash Algorithm: sha256"), std::string::npos);
}

TEST_F(TimeStamps, HoldForNoOtherHeadAndNoOtherAuthority) {
  const proof::Head head = a_head(7);
  const std::string response = stamp(head);
  EXPECT_FALSE(check_stamp(response, a_head(8), file("root.pem")));
  EXPECT_FALSE(is_stamp_of(response, a_head(8)));
  EXPECT_FALSE(check_stamp("no stamp", head, file("root.pem")));
  EXPECT_FALSE(is_stamp_of("no stamp", head));
  EXPECT_EQ(check_stamp(response, head, file("none.pem")).error().fault, Fault::not_found);
  run("req -x509 -newkey ed25519 -nodes -keyout other.key -out other.pem -subj /CN=Root -days 30 -config tsa.cnf "
      "-extensions root");
  EXPECT_FALSE(check_stamp(response, head, file("other.pem")));
  for (std::size_t i = response.size() / 2; i < response.size(); i += 37) {
    std::string changed = response;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    const Result<Stamped> stamped = check_stamp(changed, head, file("root.pem"));
    // Bytes that no signature covers change nothing of what it says.
    if (stamped) {
      EXPECT_EQ(stamped->at, check_stamp(response, head, file("root.pem"))->at) << i;
    }
  }
}

}  // namespace
}  // namespace guichet::desk
