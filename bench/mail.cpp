// How fast mails are read: an mbox of invented mails, from a file to messages with their own words, then as a mailbox
// in cases, then with its signatures looked at; and beside it what GMime's parser alone needs for the same mails.
//   bench/mail [MEGABYTES of mbox, 200] [MBOX instead]
// The peak of memory is that of the whole program after it was read as cases: give 1000 for a mailbox of a gigabyte.
// The file stands in a folder for passing things and is removed. Speeds are of processor time.
#include <gmime/gmime.h>
#include <sys/resource.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <guichet/base/digest.hpp>
#include <guichet/base/random.hpp>
#include <guichet/base/time.hpp>
#include <guichet/intake/mail/arrival.hpp>
#include <guichet/intake/mail/date.hpp>
#include <guichet/intake/mail/mailbox.hpp>
#include <guichet/intake/mail/quoting.hpp>

namespace guichet::bench {
namespace {

namespace mail = intake::mail;

constexpr std::array<std::string_view, 10> kWords{"shelf",  "stock", "order",   "parcel", "d\xC3\xA9lai",
                                                  "answer", "since", "account", "limit",  "please"};

std::string words(Random& random, std::uint32_t count) {
  std::string text;
  std::size_t column = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string_view word = kWords[random.below(kWords.size())];
    text += word;
    column += word.size() + 1;
    text += column > 70 ? '\n' : ' ';
    if (column > 70) column = 0;
  }
  return text + '\n';
}

/// Mails of about four kilobytes, as people send them: threads of some mails, quotes, HTML beside plain text, now and
/// then a file.
void write_box(const std::string& path, std::uint64_t bytes) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "wb"), std::fclose);
  Random random(7);
  std::int64_t second = 1'500'000'000;
  std::uint64_t number = 0;
  while (static_cast<std::uint64_t>(std::ftell(file.get())) < bytes) {
    const std::uint64_t first = number + 1;
    std::string references;
    for (std::uint32_t left = 1 + random.below(8); left > 0; --left) {
      ++number;
      second += 600 + random.below(20'000);
      const bool desk = (number - first) % 2 == 1;
      const std::string date = mail::print_date(Instant{Seconds{second}});
      const char* from = desk ? "Service vendeurs <support@market.example>" : "Anna Dupont <anna@shop.example>";
      const char* to = desk ? "anna@shop.example" : "support@market.example";
      std::fprintf(file.get(), "From mailbox@shop.example Tue Mar  3 09:00:00 2026\n");
      for (int hop = 0; hop < 3; ++hop)
        std::fprintf(file.get(),
                     "Received: from mta%d.market.example (mta%d.market.example [192.0.2.%d])\n\tby mx%d.shop.example "
                     "(Postfix) with ESMTPS id %08X\n\tfor <%s>; %s\n",
                     hop, hop, hop + 1, hop, static_cast<unsigned>(number), to, date.c_str());
      std::fprintf(file.get(),
                   "From: %s\nTo: <%s>\nSubject: =?UTF-8?Q?R=C3=A9f=C3=A9rence?= %llu\nDate: %s\nMessage-ID: "
                   "<m%llu@market.example>\nMIME-Version: 1.0\n",
                   from, to, static_cast<unsigned long long>(first), date.c_str(),
                   static_cast<unsigned long long>(number));
      if (!references.empty()) std::fprintf(file.get(), "References:%s\n", references.c_str());
      references += "\n <m" + std::to_string(number) + "@market.example>";
      const std::string text =
          words(random, 60 + random.below(120)) + "\nCordialement,\nMarie\n\n> " + words(random, 30);
      const bool with_file = random.below(10) == 0;
      std::fprintf(file.get(), "Content-Type: multipart/%s; boundary=\"=_b\"\n\n--=_b\n",
                   with_file ? "mixed" : "alternative");
      std::fprintf(file.get(),
                   "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n%s\n--=_b\n",
                   text.c_str());
      if (with_file) {
        std::fputs("Content-Type: application/pdf; name=\"a.pdf\"\nContent-Transfer-Encoding: base64\n\n", file.get());
        for (int line = 0; line < 200; ++line)
          std::fputs("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY=\n", file.get());
      } else {
        std::fprintf(file.get(), "Content-Type: text/html; charset=utf-8\n\n<html><body><p>%s</p></body></html>\n",
                     text.c_str());
      }
      std::fputs("\n--=_b--\n\n", file.get());
    }
  }
}

/// Of this program, so that others at work on the machine do not count.
class ProcessorTime {
 public:
  double seconds() const { return now() - start_; }

 private:
  static double now() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
  }
  double start_ = now();
};

struct Read {
  std::uint64_t mails = 0, bytes = 0;
  double seconds = 0;
};

void print(std::string_view what, const Read& read) {
  std::printf("%-44.*s %9.0f mails/s %8.1f MB/s\n", static_cast<int>(what.size()), what.data(),
              static_cast<double>(read.mails) / read.seconds, static_cast<double>(read.bytes) / read.seconds / 1e6);
}

template <class Visit>
Read each(const std::string& path, const Visit& visit) {
  Read read;
  const ProcessorTime watch;
  const auto visited = mail::for_each_mail(path, {}, [&](const mail::FoundMail& found) {
    ++read.mails;
    read.bytes += found.raw.size();
    visit(found.raw);
    return true;
  });
  if (!visited) std::printf("%s\n", visited.error().detail.c_str());
  read.seconds = watch.seconds();
  return read;
}

/// GMime's own reader of mailboxes and its parser, which builds the tree of parts and decodes nothing.
Read bare_gmime(const std::string& path) {
  Read read;
  const ProcessorTime watch;
  GMimeStream* stream = g_mime_stream_file_open(path.c_str(), "rb", nullptr);
  GMimeParser* parser = g_mime_parser_new_with_stream(stream);
  g_mime_parser_set_format(parser, GMIME_FORMAT_MBOX);
  while (g_mime_parser_eos(parser) == FALSE) {
    GMimeMessage* message = g_mime_parser_construct_message(parser, nullptr);
    if (message == nullptr) break;
    ++read.mails;
    g_object_unref(message);
  }
  read.bytes = static_cast<std::uint64_t>(g_mime_stream_tell(stream));
  g_object_unref(parser);
  g_object_unref(stream);
  read.seconds = watch.seconds();
  return read;
}

}  // namespace
}  // namespace guichet::bench

int main(int argc, char** argv) {
  using namespace guichet;
  using namespace guichet::bench;
  namespace fs = std::filesystem;
  namespace mail = intake::mail;
  mail::ready_mail_library();
  const std::uint64_t megabytes = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 200;
  const bool given = argc > 2;
  const std::string path = given ? argv[2] : (fs::temp_directory_path() / "guichet-bench.mbox").string();
  if (!given) write_box(path, megabytes * 1'000'000);
  std::printf("%.1f MB\n", static_cast<double>(fs::file_size(path)) / 1e6);

  mail::MailMapping who;
  who.desk = {"@market.example"};
  who.seller = {"anna@shop.example"};
  Read as_cases;
  {
    const ProcessorTime watch;
    mail::Mailbox box(who);
    if (const Outcome read = box.read(path, {}); !read) std::printf("%s\n", read.error().detail.c_str());
    box.settle();
    as_cases = {.mails = box.mails().size(), .bytes = fs::file_size(path), .seconds = watch.seconds()};
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    std::printf("%zu cases, peak %.0f MB, digest %s\n", box.cases().size(), static_cast<double>(used.ru_maxrss) / 1e3,
                box.digest().c_str());
  }
  print("as a mailbox in cases", as_cases);

  mail::Reading without_files;
  without_files.bodies = false;
  std::uint64_t said = 0;
  print("divided into mails", each(path, [&](std::string_view raw) { said += raw.size(); }));
  const Read read =
      each(path, [&](std::string_view raw) { said += mail::read_message(raw, without_files).text.size(); });
  print("read into messages", read);
  print("and their own words", each(path, [&](std::string_view raw) {
          said += mail::own_words(mail::read_message(raw, without_files).text).text.size();
        }));
  print("and signatures and way", each(path, [&](std::string_view raw) {
          const mail::Message message = mail::read_message(raw, without_files);
          said += mail::arrival_lines(mail::arrival_of(raw, message, {})).size();
        }));
  const Read bare = bare_gmime(path);
  print("GMime alone", bare);
  std::printf("ours takes %.2f times GMime's time; bytes said %llu\n",
              read.seconds / static_cast<double>(read.mails) / (bare.seconds / static_cast<double>(bare.mails)),
              static_cast<unsigned long long>(said));
  if (!given) fs::remove(path);
  return 0;
}
