#include "outputs.hpp"

#include <filesystem>
#include <fstream>
#include <string_view>

#include <guichet/ledger/ledger_file.hpp>

namespace guichet::cli {
namespace {

bool begins_with(const std::string& path, std::string_view sign) {
  std::ifstream in(path, std::ios::binary);
  std::string start(sign.size(), '\0');
  in.read(start.data(), static_cast<std::streamsize>(start.size()));
  return in && start == sign;
}

}  // namespace

Outcome may_write(const std::string& out, const std::vector<std::string>& inputs) {
  std::error_code unknown;
  if (out.empty() || out == "-" || !std::filesystem::is_regular_file(out, unknown)) return Done{};
  for (const std::string& input : inputs)
    if (std::filesystem::equivalent(out, input, unknown))
      return Error{Fault::usage, out + ": is what is read; name another file to write to"};
  constexpr std::string_view kKey = "guichet key ";
  if (ledger::is_ledger_file(out)) return Error{Fault::usage, out + ": is a ledger; name another file to write to"};
  if (begins_with(out, kKey))
    return Error{Fault::usage, out + ": is the key of a ledger; name another file to write to"};
  for (const std::string_view ending : {"-wal", "-shm", "-lock"}) {
    if (!out.ends_with(ending)) continue;
    if (ledger::is_ledger_file(out.substr(0, out.size() - ending.size())))
      return Error{Fault::usage, out + ": belongs to a ledger; name another file to write to"};
  }
  return Done{};
}

}  // namespace guichet::cli
