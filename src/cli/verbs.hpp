// The verbs of the command line: one function, one file each. Exit codes: 0 done; 1 done, with findings
// or a failed check; 2 bad usage or input that cannot be read.
#pragma once

namespace CLI {
class App;
}

namespace guichet::cli {

inline constexpr int kExitDone = 0;
inline constexpr int kExitFindings = 1;
inline constexpr int kExitBad = 2;

// Each adds its verb to `app`; when it runs, it leaves its exit code in `exit_code`.
void add_audit(CLI::App& app, int& exit_code);
void add_compare(CLI::App& app, int& exit_code);
void add_costs(CLI::App& app, int& exit_code);
void add_dossier(CLI::App& app, int& exit_code);
void add_expect(CLI::App& app, int& exit_code);
void add_explain(CLI::App& app, int& exit_code);
void add_fit(CLI::App& app, int& exit_code);
void add_import(CLI::App& app, int& exit_code);
void add_ledger(CLI::App& app, int& exit_code);
void add_lint(CLI::App& app, int& exit_code);
void add_mail_in(CLI::App& app, int& exit_code);
void add_mapping(CLI::App& app, int& exit_code);
void add_measure(CLI::App& app, int& exit_code);
void add_rehearse(CLI::App& app, int& exit_code);
void add_serve(CLI::App& app, int& exit_code);
void add_tour(CLI::App& app, int& exit_code);
void add_verify(CLI::App& app, int& exit_code);

}  // namespace guichet::cli
