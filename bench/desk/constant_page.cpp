// The floor under every page of the desk: the same server answering the same bytes each time.
// Usage: constant_page [--threads N] [--bytes N]; prints its address, then serves until its input ends.
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include <guichet/desk/http.hpp>

int main(int argc, char** argv) {
  using namespace guichet::desk;
  ServerOptions options;
  unsigned threads = 1;
  unsigned bytes = 12;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view text = argv[i + 1];
    unsigned& value = std::string_view(argv[i]) == "--threads" ? threads : bytes;
    if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc{}) return 2;
  }
  options.threads = threads;
  std::string page = "hello world\n";
  page.resize(bytes, '.');
  const auto shared = std::make_shared<const std::string>(std::move(page));
  auto server = HttpServer::start(options, [shared](const Request&, const Respond& respond) {
    Response response;
    response.shared = shared;
    respond(std::move(response));
  });
  if (!server) {
    std::fprintf(stderr, "%s\n", server.error().detail.c_str());
    return 2;
  }
  std::printf("%s\n", (*server)->url().c_str());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  (*server)->stop(guichet::Duration{1000});
  return 0;
}
