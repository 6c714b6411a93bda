#include <guichet/desk/mail_spool.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include <guichet/desk/secrets.hpp>

namespace guichet::desk {
namespace {

namespace fs = std::filesystem;

Error fault(const std::string& path, const std::string& what) {
  return {Fault::storage, path + ": " + what + " (" + std::strerror(errno) + "); look at the folder and its disk"};
}

/// An open file or folder, closed when done.
class Opened {
 public:
  Opened(const std::string& path, int flags) : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  ~Opened() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  bool good() const { return descriptor_ >= 0; }
  bool write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }
  bool sync() const { return ::fsync(descriptor_) == 0; }

 private:
  int descriptor_;
};

Outcome sync_folder(const std::string& path) {
  const Opened folder(path, O_RDONLY | O_DIRECTORY);
  if (!folder.good() || !folder.sync()) return fault(path, "the folder cannot be brought to the disk");
  return Done{};
}

}  // namespace

Result<MailSpool> MailSpool::open(const std::string& folder) {
  for (const std::string& path : {folder, folder + "/tmp", folder + "/new"})
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return fault(path, "the folder cannot be made");
  return MailSpool(folder);
}

Result<std::string> MailSpool::put(std::string_view raw, bool head_only) const {
  const std::string name = digest_of(raw).substr(0, 32) + (head_only ? ".head" : ".eml");
  const std::string place = folder_ + "/new/" + name;
  if (::access(place.c_str(), F_OK) == 0) return name;
  // Two programs may put the same mail at once; each writes a file of its own.
  const std::string draft = folder_ + "/tmp/" + name + "." + std::to_string(::getpid());
  {
    const Opened file(draft, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file.good() || !file.write(raw) || !file.sync()) {
      const Error wrong = fault(draft, "the mail cannot be written");
      ::unlink(draft.c_str());
      return wrong;
    }
  }
  if (::rename(draft.c_str(), place.c_str()) != 0) return fault(place, "the mail cannot be put in its place");
  if (const Outcome safe = sync_folder(folder_ + "/new"); !safe) return safe.error();
  return name;
}

Result<std::vector<std::string>> MailSpool::waiting(std::size_t most) const {
  std::error_code wrong;
  std::vector<std::pair<fs::file_time_type, std::string>> found;
  for (fs::directory_iterator it(folder_ + "/new", wrong), end; !wrong && it != end; it.increment(wrong)) {
    const std::string name = it->path().filename().string();
    if (!name.ends_with(".eml") && !name.ends_with(".head")) continue;
    std::error_code gone;
    const fs::file_time_type at = it->last_write_time(gone);
    if (!gone) found.emplace_back(at, name);
  }
  if (wrong) return Error{Fault::storage, folder_ + "/new: the folder cannot be read (" + wrong.message() + ")"};
  std::sort(found.begin(), found.end());
  if (found.size() > most) found.resize(most);
  std::vector<std::string> names;
  names.reserve(found.size());
  for (auto& [at, name] : found) names.push_back(std::move(name));
  return names;
}

Result<std::string> MailSpool::read(const std::string& name) const {
  const std::string path = folder_ + "/new/" + name;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return fault(path, "the mail cannot be opened");
  std::string raw;
  std::vector<char> room(std::size_t{1} << 16);
  ssize_t got = 0;
  while ((got = ::read(file, room.data(), room.size())) > 0 || (got < 0 && errno == EINTR))
    if (got > 0) raw.append(room.data(), static_cast<std::size_t>(got));
  const int was = errno;
  ::close(file);
  errno = was;
  if (got < 0) return fault(path, "the mail cannot be read");
  return raw;
}

Outcome MailSpool::remove(const std::string& name) const {
  const std::string path = folder_ + "/new/" + name;
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return fault(path, "the mail cannot be taken out");
  return Done{};
}

}  // namespace guichet::desk
