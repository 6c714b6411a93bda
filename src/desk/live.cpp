#include <guichet/desk/live.hpp>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include <guichet/formats/json.hpp>

namespace guichet::desk {
namespace {

constexpr std::size_t kPagesMax = 20'000;
constexpr std::size_t kPagesOfPersonMax = 50;
constexpr Duration kWriting{15'000};   // so long somebody counts as writing after a sign of it
constexpr Duration kToldEvery{3'000};  // signs that come faster are not passed on
constexpr std::size_t kWritersMax = 10'000;

/// One open page.
struct Page {
  Live::Listener listener;
  std::shared_ptr<EventStream> stream;
  std::atomic<bool> gone = false;

  bool send(std::string_view event, std::string_view data) {
    if (gone.load()) return false;
    if (listener.may_stay && !listener.may_stay()) {
      gone.store(true);
      return false;
    }
    if (stream->send(event, data)) return true;
    gone.store(true);
    return false;
  }
};
using Pages = std::vector<std::shared_ptr<Page>>;

/// Streams are written to without the lock: the list is copied first, and those found gone are taken out after.
class TheLive final : public Live {
 public:
  void join(Listener listener, std::shared_ptr<EventStream> stream) override {
    auto page = std::make_shared<Page>();
    page->listener = std::move(listener);
    page->stream = std::move(stream);
    const CaseId case_id = page->listener.case_id;
    const bool counts = case_id && page->listener.of_the_desk;
    if (!take_in(page)) {
      if (!look_who_is_gone() || !take_in(page)) return;
    }
    // The session may have ended after the request was let in, when the page was not yet in any list.
    if (page->listener.may_stay && !page->listener.may_stay()) {
      page->gone.store(true);
      clear_gone({page});
    }
    if (counts) tell_presence(case_id);
  }

  void case_changed(CaseId case_id, Version version) override {
    formats::JsonWriter json(0);
    json.begin_object().key("case").value(case_id.value).key("version").value(version.value).end_object();
    const std::string data = json.take();
    for (const CaseId list : {case_id, CaseId{}}) {
      const Pages pages = pages_of(list);
      for (const auto& page : pages) {
        if (page->gone.load()) continue;
        if (page->listener.may_hear && !page->listener.may_hear(case_id)) continue;
        page->send("case", data);
      }
      if (clear_gone(pages) && list) tell_presence(list);
    }
  }

  void writes(ActorId person, CaseId case_id, Instant now) override {
    {
      const std::scoped_lock lock(mutex_);
      now_ = std::max(now_, now);
      if (writers_.size() >= kWritersMax)
        std::erase_if(writers_, [&](const auto& one) { return one.second + kWriting <= now_; });
      if (writers_.size() >= kWritersMax) return;
      const auto [sign, fresh] = writers_.try_emplace({case_id, person}, now);
      if (!fresh && now - sign->second < kToldEvery) return;
      sign->second = now;
    }
    tell_presence(case_id);
  }

  std::vector<Present> present(CaseId case_id, ActorId but, Instant now) override {
    {
      const std::scoped_lock lock(mutex_);
      now_ = std::max(now_, now);
    }
    // Whether the other side is still there shows only when something is sent.
    const Pages pages = pages_of(case_id);
    for (const auto& page : pages)
      if (page->listener.of_the_desk) page->send("still", "{}");
    if (clear_gone(pages)) tell_presence(case_id);
    return present_of(pages_of(case_id), case_id, but);
  }

  void ended(std::string_view session) override {
    Pages pages;
    {
      const std::scoped_lock lock(mutex_);
      for (const auto& [person, own] : of_person_)
        for (const auto& page : own)
          if (!session.empty() && page->listener.session == session) pages.push_back(page);
    }
    for (const auto& page : pages) page->gone.store(true);
    tell_who_is_left(pages);
  }

  void look_again(ActorId person) override {
    Pages pages;
    {
      const std::scoped_lock lock(mutex_);
      if (const auto own = of_person_.find(person); own != of_person_.end()) pages = own->second;
    }
    for (const auto& page : pages)
      if (page->listener.may_stay && !page->listener.may_stay()) page->gone.store(true);
    tell_who_is_left(pages);
  }

  std::uint64_t comings() const override { return comings_.load(); }
  std::size_t open() const override {
    const std::scoped_lock lock(mutex_);
    return open_;
  }

 private:
  bool take_in(const std::shared_ptr<Page>& page) {
    const std::scoped_lock lock(mutex_);
    const ActorId person = page->listener.person;
    if (const auto own = of_person_.find(person); own != of_person_.end() && own->second.size() >= kPagesOfPersonMax)
      let_go(*own->second.front());
    if (open_ >= kPagesMax) return false;
    of_person_[person].push_back(page);
    of_case_[page->listener.case_id].push_back(page);
    ++open_;
    return true;
  }

  /// When there is no room left: pages whose cases were quiet may have been closed long ago. Not for every one that
  /// is turned away.
  bool look_who_is_gone() {
    Pages all;
    {
      const std::scoped_lock lock(mutex_);
      if (turned_away_++ % 1'000 != 0) return false;
      for (const auto& [case_id, pages] : of_case_) all.insert(all.end(), pages.begin(), pages.end());
    }
    for (const auto& page : all) page->send("still", "{}");
    clear_gone(all);
    return true;
  }

  Pages pages_of(CaseId case_id) const {
    const std::scoped_lock lock(mutex_);
    const auto found = of_case_.find(case_id);
    return found == of_case_.end() ? Pages{} : found->second;
  }

  std::vector<Present> present_of(const Pages& pages, CaseId case_id, ActorId but) const {
    std::vector<Present> there;
    const std::scoped_lock lock(mutex_);
    for (const auto& page : pages) {
      const Listener& listener = page->listener;
      if (!listener.of_the_desk || page->gone.load() || listener.person == but) continue;
      if (std::ranges::find(there, listener.person, &Present::person) != there.end()) continue;
      const auto sign = writers_.find({case_id, listener.person});
      there.push_back({.person = listener.person,
                       .name = listener.name,
                       .writing = sign != writers_.end() && sign->second + kWriting > now_});
    }
    std::ranges::sort(there, {}, &Present::person);
    return there;
  }

  void tell_presence(CaseId case_id) {
    comings_.fetch_add(1);
    bool again = true;
    while (again) {
      const Pages pages = pages_of(case_id);
      for (const auto& page : pages) {
        if (!page->listener.of_the_desk) continue;
        if (page->listener.may_hear && !page->listener.may_hear(case_id)) continue;
        formats::JsonWriter json(0);
        json.begin_object().key("case").value(case_id.value).key("present").begin_array();
        for (const Present& one : present_of(pages, case_id, page->listener.person)) {
          json.begin_object().key("person").value(one.person.value);
          json.key("name").value(std::string_view{one.name}).key("writing").value(one.writing).end_object();
        }
        json.end_array().end_object();
        page->send("presence", json.take());
      }
      again = clear_gone(pages);  // then the others have been told too much
    }
  }

  /// Lets go those of the pages that are gone; the others at their cases hear of it.
  void tell_who_is_left(const Pages& pages) {
    std::set<CaseId> cases;
    for (const auto& page : pages)
      if (page->gone.load() && page->listener.of_the_desk && page->listener.case_id)
        cases.insert(page->listener.case_id);
    clear_gone(pages);
    for (const CaseId case_id : cases) tell_presence(case_id);
  }

  /// Whether somebody of the desk was among them.
  bool clear_gone(const Pages& pages) {
    bool of_the_desk = false;
    const std::scoped_lock lock(mutex_);
    for (const auto& page : pages) {
      if (!page->gone.load()) continue;
      if (let_go(*page)) of_the_desk |= page->listener.of_the_desk;
    }
    return of_the_desk;
  }

  /// Under the lock. False when it had been let go before.
  bool let_go(Page& page) {
    page.gone.store(true);
    const auto take_out = [&page](auto& map, auto key) {
      const auto found = map.find(key);
      if (found == map.end()) return false;
      const bool was_there = std::erase_if(found->second, [&page](const auto& one) { return one.get() == &page; }) != 0;
      if (found->second.empty()) map.erase(found);
      return was_there;
    };
    const std::shared_ptr<Page> kept = hold(page);
    take_out(of_person_, page.listener.person);
    if (!take_out(of_case_, page.listener.case_id)) return false;
    --open_;
    return true;
  }

  /// The page itself, so that it outlives its places in the lists.
  std::shared_ptr<Page> hold(const Page& page) const {
    const auto found = of_case_.find(page.listener.case_id);
    if (found == of_case_.end()) return nullptr;
    const auto own = std::ranges::find_if(found->second, [&page](const auto& one) { return one.get() == &page; });
    return own == found->second.end() ? nullptr : *own;
  }

  mutable std::mutex mutex_;
  std::map<CaseId, Pages> of_case_;  // zero: lists
  std::map<ActorId, Pages> of_person_;
  std::map<std::pair<CaseId, ActorId>, Instant> writers_;
  std::atomic<std::uint64_t> comings_{0};
  std::size_t open_ = 0;
  std::uint64_t turned_away_ = 0;
  Instant now_{};
};

}  // namespace

std::unique_ptr<Live> Live::make() { return std::make_unique<TheLive>(); }

}  // namespace guichet::desk
