#include <guichet/formats/file_writer.hpp>

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <vector>

namespace guichet::formats {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 18;
constexpr int kNamesTried = 1000;  // of files left by others

}  // namespace

struct FileWriter::State {
  std::string path, beside;
  int file = -1;
  bool gzip = false, z_ready = false;
  z_stream z{};
  std::string gathered;        // not yet on its way
  std::vector<char> squeezed;  // what the compression gives
  std::string fault;           // the first, in words

  ~State() {
    if (z_ready) deflateEnd(&z);
    if (file < 0) return;
    ::close(file);
    ::unlink(beside.c_str());
  }

  void fail(const std::string& what) {
    if (fault.empty()) fault = path + ": " + what;
  }
  void fail_by_system(const std::string& what) { fail(what + ": " + std::strerror(errno)); }

  void put(const char* bytes, std::size_t size) {
    while (size > 0 && fault.empty()) {
      const ssize_t done = ::write(file, bytes, size);
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) return fail_by_system("cannot be written");
      bytes += done;
      size -= static_cast<std::size_t>(done);
    }
  }

  void squeeze(bool last) {
    z.next_in = reinterpret_cast<Bytef*>(gathered.data());
    z.avail_in = static_cast<uInt>(gathered.size());
    do {
      z.next_out = reinterpret_cast<Bytef*>(squeezed.data());
      z.avail_out = static_cast<uInt>(squeezed.size());
      deflate(&z, last ? Z_FINISH : Z_NO_FLUSH);
      put(squeezed.data(), squeezed.size() - z.avail_out);
    } while (z.avail_out == 0 && fault.empty());
  }

  void give(bool last) {
    if (gzip)
      squeeze(last);
    else
      put(gathered.data(), gathered.size());
    gathered.clear();
  }
};

FileWriter::FileWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
FileWriter::FileWriter(FileWriter&&) noexcept = default;
FileWriter& FileWriter::operator=(FileWriter&&) noexcept = default;
FileWriter::~FileWriter() = default;

Result<FileWriter> FileWriter::create(const std::string& path) {
  std::error_code code;
  const auto status = std::filesystem::status(path, code);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
    return Error{Fault::storage, path + ": stands there and is no file; name another"};
  auto state = std::make_unique<State>();
  state->path = path;
  state->gzip = path.ends_with(".gz");
  for (int i = 0; state->file < 0; ++i) {
    state->beside = path + ".part" + (i == 0 ? "" : std::to_string(i));
    state->file = ::open(state->beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (state->file < 0 && (errno != EEXIST || i == kNamesTried))
      return Error{Fault::storage,
                   path + ": cannot be written: " + std::strerror(errno) + "; name a file in a folder that is yours"};
  }
  if (state->gzip) {
    if (deflateInit2(&state->z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
      return Error{Fault::storage, path + ": gzip cannot be started"};
    state->z_ready = true;
    state->squeezed.resize(kBlock);
  }
  return FileWriter(std::move(state));
}

void FileWriter::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kBlock);
    state_->gathered += piece;
    bytes.remove_prefix(piece.size());
    if (state_->gathered.size() >= kBlock) state_->give(false);
  }
}

Outcome FileWriter::finish() {
  State& s = *state_;
  s.give(true);
  if (s.fault.empty() && ::fsync(s.file) != 0) s.fail_by_system("cannot be brought to the disk");
  if (s.fault.empty() && std::rename(s.beside.c_str(), s.path.c_str()) != 0)
    s.fail_by_system("cannot be given its name");
  if (!s.fault.empty()) return Error{Fault::storage, s.fault};
  ::close(s.file);
  s.file = -1;
  // The name is on the disk when its folder is; some file systems know no such thing, and nothing is lost by that.
  const std::string folder = std::filesystem::path(s.path).parent_path().string();
  if (const int open = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); open >= 0) {
    ::fsync(open);
    ::close(open);
  }
  return Done{};
}

}  // namespace guichet::formats
