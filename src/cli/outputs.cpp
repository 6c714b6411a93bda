#include "outputs.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
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

Outcome write_page(const std::string& path, std::string_view page, const std::vector<std::string>& inputs) {
  if (const Outcome may = may_write(path, inputs); !may) return may;
  if (path == "-") {
    std::cout << page << std::flush;
    if (std::cout) return Done{};
    return Error{Fault::storage, "standard output: cannot be written; name a file"};
  }
  std::ofstream out(path, std::ios::binary);
  out << page << std::flush;
  if (out) return Done{};
  return Error{Fault::storage, path + ": cannot be written; name a file in a folder that exists and is yours"};
}

}  // namespace guichet::cli
