// Open screens: who looks at which case, and the news they hear. Keeps nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/time.hpp>
#include <guichet/core/ids.hpp>
#include <guichet/desk/http.hpp>

namespace guichet::desk {

/// Safe from any thread.
class Live {
 public:
  static std::unique_ptr<Live> make();
  virtual ~Live() = default;

  /// A page of `person` listens; to one case, or to his lists when `case_id` is zero. `may_hear` says whether he may
  /// still know of a case; asked for each piece of news, of the desk's own people from any thread, of others from the
  /// clerk's alone.
  struct Listener {
    ActorId person;
    CaseId case_id;
    std::string name;
    bool of_the_desk = false;
    std::function<bool(CaseId)> may_hear;  // empty: all
    std::string session;                   // by which he came in
    std::function<bool()> may_stay;        // whether that still holds; from any thread. Empty: as long as he likes
  };
  /// Of one person at most 50 pages listen, of all at most 20,000; what is beyond is let go.
  virtual void join(Listener listener, std::shared_ptr<EventStream> stream) = 0;
  /// Event "case", data {"case": 1042, "version": 7}.
  virtual void case_changed(CaseId case_id, Version version) = 0;
  /// Somebody writes in a case just now: event "presence" to the others of the desk there, with all who are there but
  /// the one who is told, data {"case": 1042, "present": [{"person": 7, "name": "Marie", "writing": true}]}. The same
  /// is said when somebody of the desk comes or is found gone.
  virtual void writes(ActorId person, CaseId case_id, Instant now) = 0;
  struct Present {
    ActorId person;
    std::string name;
    bool writing = false;
  };
  /// Who of the desk has the case open now, besides `but`.
  virtual std::vector<Present> present(CaseId case_id, ActorId but, Instant now) = 0;
  /// A session has ended: its pages are let go at once, and those who stay are told who is left.
  virtual void ended(std::string_view session) = 0;
  /// Something about this person has changed: pages that may not stay are let go likewise.
  virtual void look_again(ActorId person) = 0;
  virtual std::size_t open() const = 0;
  /// Rises whenever somebody comes, goes or writes: what was said of who is there may then be wrong.
  virtual std::uint64_t comings() const = 0;
};

}  // namespace guichet::desk
