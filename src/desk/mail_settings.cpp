#include <guichet/desk/mail_settings.hpp>

#include <array>
#include <filesystem>

#include <guichet/formats/bytes.hpp>
#include <guichet/formats/toml.hpp>
#include <guichet/intake/mail/compose.hpp>

namespace guichet::desk {
namespace {

using formats::TomlTable;

constexpr std::size_t kFileBytesMax = std::size_t{1} << 20;

Result<std::string> whole_file(const std::string& path) {
  GUICHET_TRY(source, formats::ByteSource::open(path));
  std::string out(kFileBytesMax, '\0');
  std::size_t filled = 0;
  while (filled < out.size()) {
    GUICHET_TRY(got, source.read(std::span<char>(out).subspan(filled)));
    if (got == 0) break;
    filled += got;
  }
  out.resize(filled);
  return out;
}

class Settings {
 public:
  Settings(const formats::TomlValue& document, std::string path)
      : path_(std::move(path)), table_(&document, "", {}, faults_) {}

  Result<MailSettings> read() {
    MailSettings out;
    out.path = path_;
    desk(out);
    if (table_.has("smtp")) out.smtp = smtp();
    if (table_.has("imap")) out.imap = imap(out);
    table_.finish();
    if (!faults_.none()) return faults_.error(path_);
    return out;
  }

 private:
  void desk(MailSettings& out) {
    table_.require("address", "write the address that the desk writes from: address = \"desk@place.example\"");
    out.address = table_.text("address");
    if (!out.address.empty() && !intake::mail::is_mail_address(out.address))
      table_.fault("address", "\"" + out.address + "\" is no mail address; write one like desk@place.example");
    out.name = table_.text("name", out.name);
    const std::size_t at = out.address.find('@');
    out.domain = table_.text("domain", at == std::string::npos ? "place.invalid" : out.address.substr(at + 1));
    if (!intake::mail::is_mail_address("x@" + out.domain))
      table_.fault("domain", "\"" + out.domain + "\" is no domain; write one like place.example");
    out.list_id = table_.text("list_id", "guichet." + out.domain);
    if (!intake::mail::is_message_id(out.list_id))
      table_.fault("list_id", "it has blanks or brackets in it; write one like guichet.place.example");
    if (table_.has("language")) {
      const std::string code = table_.text("language");
      if (const auto language = formats::language_from(code))
        out.language = *language;
      else
        table_.fault("language", "\"" + code + "\" is none of ours; write \"en\" or \"fr\"");
    }
    out.quote_words = table_.flag("quote_words", out.quote_words);
    out.replies = table_.flag("replies", out.replies);
    out.warn_before = Duration{table_.whole("warn_before_minutes", 0, 60 * 24 * 30, 240) * 60'000};
    out.mails_per_hour_max = static_cast<std::uint32_t>(table_.whole("mails_per_hour_max", 1, 100'000, 30));
    static constexpr std::array<std::string_view, 3> kOpens{"no", "signed", "all"};
    out.opens = static_cast<MailSettings::Opens>(table_.choice("opens_cases", kOpens, 0));
    out.opens_matter = table_.text("opens_cases_matter");
    out.opens_per_day_max = static_cast<std::uint32_t>(table_.whole("opens_cases_per_day_max", 1, 1'000, 5));
  }

  MailServer server(TomlTable& table, std::uint16_t plain_port, std::uint16_t tls_port) {
    MailServer out;
    table.require("host", "write the server's name: host = \"mail.place.example\"");
    out.host = table.text("host");
    static constexpr std::array<std::string_view, 3> kSecurities{"none", "starttls", "tls"};
    out.security = static_cast<WireSecurity>(table.choice("security", kSecurities, 1));
    out.port = static_cast<std::uint16_t>(
        table.whole("port", 1, 65'535, out.security == WireSecurity::tls ? tls_port : plain_port));
    out.user = table.text("user");
    if (table.has("password_file")) {
      const std::string name = table.text("password_file");
      const auto file = (std::filesystem::path(path_).parent_path() / name).string();
      if (auto password = whole_file(file)) {
        out.password = *password;
        while (out.password.ends_with('\n') || out.password.ends_with('\r')) out.password.pop_back();
      } else {
        table.fault("password_file", password.error().detail);
      }
    }
    out.certificates = table.text("certificates");
    out.patience = Duration{table.whole("patience_seconds", 1, 600, 30) * 1'000};
    return out;
  }

  MailServer smtp() {
    TomlTable table = table_.table("smtp");
    MailServer out = server(table, 587, 465);
    table.finish();
    return out;
  }

  MailFolder imap(MailSettings& settings) {
    TomlTable table = table_.table("imap");
    MailFolder out;
    out.server = server(table, 143, 993);
    out.folder = table.text("folder", out.folder);
    out.move_to = table.text("move_to");
    out.mail_bytes_max = static_cast<std::uint64_t>(table.whole("mail_mb_max", 1, 1'024, 40)) << 20U;
    settings.poll_every = Duration{table.whole("poll_seconds", 1, 86'400, 60) * 1'000};
    table.finish();
    return out;
  }

  std::string path_;
  formats::TomlFaults faults_;
  TomlTable table_;
};

}  // namespace

Result<MailSettings> read_mail_settings(std::string_view toml, const std::string& path) {
  GUICHET_TRY(document, formats::parse_toml(toml, path));
  return Settings(document, path).read();
}

Result<MailSettings> load_mail_settings(const std::string& path) {
  GUICHET_TRY(text, whole_file(path));
  return read_mail_settings(text, path);
}

}  // namespace guichet::desk
