#include <guichet/desk/kept_pages.hpp>

#include <algorithm>
#include <utility>

#include <guichet/desk/secrets.hpp>

namespace guichet::desk {

bool KeptPages::give(const std::string& key, const Changes& changes, std::uint64_t comings, Instant now,
                     Response& response) {
  if (bytes_most_ == 0) return false;
  std::shared_ptr<const Page> page;
  {
    Shard& home = shard(key);
    const std::scoped_lock lock(home.mutex);
    if (const auto young = home.young.find(key); young != home.young.end()) {
      page = young->second;
    } else if (const auto old = home.old.find(key); old != home.old.end()) {
      page = old->second;
      home.old.erase(old);
      put(home, key, page);
    }
  }
  if (page == nullptr || now < page->made || now - page->made > kLonger || now >= page->reading.until ||
      page->comings != comings || !page->reading.stands(changes))
    return false;
  given_.fetch_add(1, std::memory_order_relaxed);
  response = page->response;
  // One draw for all: three bytes are four letters, so each piece is a word by itself.
  const std::string words = secret_word(page->once_at.size() * page->once_bytes / 4 * 3);
  for (std::size_t i = 0; i < page->once_at.size(); ++i)
    response.body.replace(page->once_at[i], page->once_bytes, words, i * page->once_bytes, page->once_bytes);
  return true;
}

void KeptPages::keep(const std::string& key, const Response& response, Reading reading,
                     const std::vector<std::string>& once, std::uint64_t comings, Instant now) {
  if (bytes_most_ == 0 || !reading.lasting || response.status != 200 || response.stream || response.shared ||
      response.body.size() > kPageMost)
    return;
  auto page = std::make_shared<Page>();
  page->response = response;
  page->response.body.shrink_to_fit();
  page->once_bytes = once.empty() ? 0 : once.front().size();
  // Fragments are joined in another order than they were begun in.
  for (const std::string& word : once) {
    const std::size_t at = page->response.body.find(word);
    if (word.size() != page->once_bytes || word.size() % 4 != 0 || at == std::string::npos) return;
    page->once_at.push_back(at);
  }
  page->reading = std::move(reading);
  page->comings = comings;
  page->made = now;
  Shard& home = shard(key);
  const std::scoped_lock lock(home.mutex);
  home.old.erase(key);
  put(home, key, std::move(page));
}

void KeptPages::put(Shard& home, const std::string& key, std::shared_ptr<const Page> page) {
  const std::size_t bytes = page->response.body.size() + key.size() + 512;
  if (home.bytes + bytes > bytes_most_ && !home.young.empty()) {
    home.old = std::exchange(home.young, Pages{});
    home.bytes = 0;
  }
  const auto [place, fresh] = home.young.insert_or_assign(key, std::move(page));
  if (fresh) home.bytes += bytes;
}

}  // namespace guichet::desk
