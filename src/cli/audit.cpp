// guichet audit: what happened to one seller, as his mailbox tells it.
#include <iostream>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "language.hpp"
#include "outputs.hpp"
#include "told_mailbox.hpp"
#include "verbs.hpp"

namespace guichet::cli {
namespace {

struct Wanted {
  MailboxToTell box;
  std::string language, page;
  bool json = false;
};

Outcome run(const Wanted& wanted) {
  std::vector<std::string> read = wanted.box.paths;
  for (const std::string& one : {wanted.box.mapping, wanted.box.claim}) read.push_back(one);
  if (const Outcome may = may_write(wanted.page, read); !may) return may;
  // What machines read does not depend on where it was asked for.
  const bool for_machines = wanted.json && wanted.language.empty();
  const formats::Language language = for_machines ? formats::Language::en : language_of(wanted.language);
  MailboxToTell box = wanted.box;
  if (!wanted.language.empty()) box.more.insert(box.more.end(), {"--language", wanted.language});
  if (!wanted.page.empty()) box.more.insert(box.more.end(), {"-o", wanted.page});
  if (wanted.json) box.more.emplace_back("--json");
  GUICHET_TRY(told, tell_mailbox(box, language));
  for (const dossier::Remark& remark : told.source.remarks)
    std::cerr << "note: " << remark.what << (remark.what.ends_with(':') ? " " : ": ") << remark.count << '\n';
  const std::string out = wanted.json           ? dossier::audit_as_json(told.audit, told.source, language)
                          : wanted.page.empty() ? dossier::audit_as_text(told.audit, told.source, language)
                                                : dossier::audit_as_page(told.audit, told.source, language);
  return write_page(wanted.page.empty() ? "-" : wanted.page, out);
}

}  // namespace

void add_audit(CLI::App& app, int& exit_code) {
  const auto wanted = std::make_shared<Wanted>();
  CLI::App* verb = app.add_subcommand("audit", "Say what happened to one seller, from the mails of his mailbox");
  verb->add_option("mailbox", wanted->box.paths, "An mbox (also with gzip), a Maildir, a folder of mails, or a mail")
      ->required();
  verb->add_option("--mapping", wanted->box.mapping, "Who is desk and who is seller; else a proposal, which is told");
  verb->add_option("--claim", wanted->box.claim, "Add what is claimed, with interest (docs/costs.md)");
  verb->add_option("--keys", wanted->box.keys, "Keys of domains, to look at DKIM signatures; may be given again");
  verb->add_option("--language", wanted->language, "fr or en; else that of LC_ALL or LANG, and en for --json")
      ->check(CLI::IsMember({"fr", "en"}));
  CLI::Option* page = verb->add_option("-o,--out", wanted->page, "Write a page to this file; - for standard output");
  verb->add_flag("--json", wanted->json, "JSON on standard output")->excludes(page);
  verb->footer(
      "Without -o or --json: a few sentences. Nothing leaves this machine.\n"
      "Exit code: 0 done, 2 bad usage, or a mailbox that cannot be read.");
  verb->callback([wanted, &exit_code] {
    const Outcome done = run(*wanted);
    if (!done) std::cerr << done.error().detail << '\n';
    exit_code = done ? kExitDone : kExitBad;
  });
}

}  // namespace guichet::cli
