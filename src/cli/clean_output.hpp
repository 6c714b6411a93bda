// Names in logs and files come from strangers: what the program prints must not steer the terminal.
#pragma once

#include <array>
#include <ostream>
#include <streambuf>
#include <string>

namespace guichet::cli {

/// While it lives, what goes to the stream is cleaned: control characters other than line ends and tabs,
/// and those that turn the direction of writing, come out as "\x1b" or "\u202e".
class CleanOutput : public std::streambuf {
 public:
  explicit CleanOutput(std::ostream& stream);
  ~CleanOutput() override;
  CleanOutput(const CleanOutput&) = delete;
  CleanOutput& operator=(const CleanOutput&) = delete;

 protected:
  int_type overflow(int_type c) override;
  std::streamsize xsputn(const char* text, std::streamsize count) override;
  int sync() override;

 private:
  bool put(char c);
  bool give(const std::string& text);

  std::ostream& stream_;
  std::streambuf* behind_;
  std::string held_;  // the start of a character that may turn the direction of writing
};

}  // namespace guichet::cli
