// The demonstration, steps 4 to 7: allocation, meeting the person, a place held, nominations.
#include <algorithm>

#include <absl/strings/str_format.h>

#include "clients/splwctl/calls.h"
#include "clients/splwctl/demo.h"
#include "clients/splwctl/errors.h"
#include "clients/splwctl/render.h"
#include "clients/splwctl/values.h"

namespace splw::ctl {
namespace {

namespace cv1 = caseload::v1;
namespace mv1 = mdt::v1;
using CaseloadStub = cv1::CaseloadService::Stub;

}  // namespace

absl::Status Demo::EnsureAllocated(const std::string& case_name) {
  cv1::Case current;
  return Ensure(
      "the allocation",
      [&]() -> absl::StatusOr<bool> {
        SPLW_ASSIGN_OR_RETURN(current, GetCase(case_name));
        return !current.link_worker().empty();
      },
      [&]() -> absl::Status {
        cv1::AllocateCaseRequest request;
        request.set_name(case_name);
        request.set_etag(current.etag());
        request.set_request_id(RequestId("allocate-" + Tail(case_name), current.etag()));
        return connection_.Call(lead_, connection_.caseload(), &CaseloadStub::AllocateCase, request).status();
      });
}

absl::Status Demo::Allocate() {
  for (const Journey& journey : journeys_) SPLW_RETURN_IF_ERROR(EnsureAllocated(journey.case_name));
  SPLW_ASSIGN_OR_RETURN(const cv1::Case current, GetCase(main().case_name));
  cv1::GetLinkWorkerRequest request;
  request.set_name(current.link_worker());
  SPLW_ASSIGN_OR_RETURN(const cv1::LinkWorker worker,
                        connection_.Call(lead_, connection_.caseload(), &CaseloadStub::GetLinkWorker, request));
  link_worker_ = LinkWorkerPrincipal(week_.network, worker.professional_id());
  Line("  " + Printable(FieldText(current, "person.name")) + " → " + Printable(worker.display_name()));
  for (const std::string& reason : current.allocation().reasons()) Line("    " + Printable(reason));
  Line(absl::StrFormat("    load now %d of %d, %d open cases", worker.weighted_load(), worker.effective_case_limit(),
                       worker.open_cases()));
  for (const Journey& journey : journeys_) {
    if (&journey == main_) continue;
    SPLW_ASSIGN_OR_RETURN(const cv1::Case other, GetCase(journey.case_name));
    Line("  " + Printable(FieldText(other, "person.name")) + ": " +
         (other.allocation().reasons().empty() ? "" : Printable(other.allocation().reasons(0))));
  }
  return absl::OkStatus();
}

absl::Status Demo::MeetPerson() {
  const std::string& name = main().case_name;
  const auto contacts = [&]() -> absl::StatusOr<int> {
    cv1::ListContactsRequest request;
    request.set_parent(name);
    int count = 0;
    const std::function<void(const cv1::Contact&)> each = [&](const cv1::Contact& contact) {
      if (contact.note() == script_.contact.note()) ++count;
    };
    SPLW_RETURN_IF_ERROR(ForEach(connection_, link_worker_, connection_.caseload(), &CaseloadStub::ListContacts,
                                 request, &cv1::ListContactsResponse::contacts, 0, each));
    return count;
  };
  int count = 0;
  SPLW_RETURN_IF_ERROR(Ensure(
      "the contact",
      [&]() -> absl::StatusOr<bool> {
        SPLW_ASSIGN_OR_RETURN(count, contacts());
        return count > 0;
      },
      [&]() -> absl::Status {
        cv1::RecordContactRequest request = script_.contact;
        request.set_parent(name);
        request.set_request_id(RequestId("contact"));
        return connection_.Call(link_worker_, connection_.caseload(), &CaseloadStub::RecordContact, request).status();
      }));
  if (count != 1) return LostOrDoubled(absl::StrFormat("the contact was recorded %d times", count));

  cv1::Case current;
  SPLW_RETURN_IF_ERROR(Ensure(
      "the assessment",
      [&]() -> absl::StatusOr<bool> {
        SPLW_ASSIGN_OR_RETURN(current, GetCase(name));
        return current.has_latest_assessment();
      },
      [&]() -> absl::Status {
        cv1::RecordAssessmentRequest request = script_.assessment;
        request.set_parent(name);
        request.set_request_id(RequestId("assessment"));
        return connection_.Call(link_worker_, connection_.caseload(), &CaseloadStub::RecordAssessment, request)
            .status();
      }));
  SPLW_RETURN_IF_ERROR(Ensure(
      "the plan",
      [&]() -> absl::StatusOr<bool> {
        SPLW_ASSIGN_OR_RETURN(current, GetCase(name));
        return !current.plan().goals().empty();
      },
      [&]() -> absl::Status {
        cv1::UpdatePlanRequest request = script_.plan;
        request.set_name(name);
        request.set_etag(current.etag());
        request.set_request_id(RequestId("plan", current.etag()));
        return connection_.Call(link_worker_, connection_.caseload(), &CaseloadStub::UpdatePlan, request).status();
      }));
  Line("  " + EnumWords(script_.contact.mode()) + ", " + EnumWords(script_.contact.outcome()));
  for (const std::string& line : Wrapped(script_.contact.note(), 92)) Line("    " + line);
  Line("  What matters to her: “" + Printable(current.plan().what_matters()) + "”");
  const auto& ons4 = current.latest_assessment().ons4();
  Line(absl::StrFormat("  ONS4: satisfied %d, worthwhile %d, happy yesterday %d, anxious yesterday %d",
                       ons4.satisfied(), ons4.worthwhile(), ons4.happy_yesterday(), ons4.anxious_yesterday()));
  for (const cv1::Goal& goal : current.plan().goals()) Line("  goal: " + Printable(goal.text()));
  return absl::OkStatus();
}

absl::Status Demo::HoldPlace() {
  std::vector<cv1::CommunityService> services;
  cv1::ListCommunityServicesRequest list;
  list.set_parent(week_.network);
  const std::function<void(const cv1::CommunityService&)> each = [&](const cv1::CommunityService& service) {
    services.push_back(service);
  };
  SPLW_RETURN_IF_ERROR(ForEach(connection_, link_worker_, connection_.caseload(), &CaseloadStub::ListCommunityServices,
                               list, &cv1::ListCommunityServicesResponse::community_services, 0, each));
  const auto chosen = std::find_if(services.begin(), services.end(), [&](const cv1::CommunityService& service) {
    return service.display_name() == script_.signpost_to;
  });
  if (chosen == services.end()) return LostOrDoubled("the community service is not there: " + script_.signpost_to);

  int open = 0;
  SPLW_RETURN_IF_ERROR(Ensure(
      "the signpost",
      [&]() -> absl::StatusOr<bool> {
        cv1::ListSignpostsRequest request;
        request.set_parent(main().case_name);
        request.set_community_service(chosen->name());
        open = 0;
        const std::function<void(const cv1::Signpost&)> one = [&](const cv1::Signpost&) { ++open; };
        SPLW_RETURN_IF_ERROR(ForEach(connection_, link_worker_, connection_.caseload(), &CaseloadStub::ListSignposts,
                                     request, &cv1::ListSignpostsResponse::signposts, 0, one));
        return open > 0;
      },
      [&]() -> absl::Status {
        cv1::SignpostPersonRequest request;
        request.set_parent(main().case_name);
        request.set_community_service(chosen->name());
        request.set_request_id(RequestId("signpost"));
        return connection_.Call(link_worker_, connection_.caseload(), &CaseloadStub::SignpostPerson, request).status();
      }));
  if (open != 1) return LostOrDoubled(absl::StrFormat("%d signposts to one community service", open));
  cv1::GetCommunityServiceRequest get;
  get.set_name(chosen->name());
  SPLW_ASSIGN_OR_RETURN(const cv1::CommunityService now, connection_.Call(link_worker_, connection_.caseload(),
                                                                          &CaseloadStub::GetCommunityService, get));
  for (const cv1::CommunityService& service : services) {
    if (std::find(service.needs().begin(), service.needs().end(), type::v1::NEED_CATEGORY_LONELINESS) ==
        service.needs().end()) {
      continue;
    }
    const cv1::CommunityService& shown = service.name() == now.name() ? now : service;
    Line(absl::StrFormat("  %s %d of %d places held%s", Padded(Printable(shown.display_name()), 36),
                         shown.places_held(), shown.places_offered(),
                         service.name() == now.name() ? "   ← one of them hers" : ""));
  }
  if (now.places_held() < 1 || now.places_held() > now.places_offered()) {
    return LostOrDoubled("the places held do not fit the places offered");
  }
  return absl::OkStatus();
}

absl::Status Demo::Nominate() {
  for (Journey& journey : journeys_) {
    int count = 0;
    cv1::Nomination nomination;
    SPLW_RETURN_IF_ERROR(Ensure(
        "the nomination",
        [&]() -> absl::StatusOr<bool> {
          cv1::ListNominationsRequest request;
          request.set_parent(journey.case_name);
          count = 0;
          const std::function<void(const cv1::Nomination&)> each = [&](const cv1::Nomination& found) {
            ++count;
            nomination = found;
          };
          SPLW_RETURN_IF_ERROR(ForEach(connection_, link_worker_, connection_.caseload(),
                                       &CaseloadStub::ListNominations, request,
                                       &cv1::ListNominationsResponse::nominations, 0, each));
          return count > 0;
        },
        [&]() -> absl::Status {
          SPLW_ASSIGN_OR_RETURN(const cv1::Case current, GetCase(journey.case_name));
          cv1::NominateForMdtRequest request = journey.script->nomination;
          request.set_parent(journey.case_name);
          request.set_etag(current.etag());
          request.set_request_id(RequestId("nominate-" + journey.script->key, current.etag()));
          return connection_.Call(link_worker_, connection_.caseload(), &CaseloadStub::NominateForMdt, request)
              .status();
        }));
    if (count != 1) return LostOrDoubled(absl::StrFormat("a case has %d nominations instead of one", count));
    journey.nomination = nomination.name();
    Line("  " + Printable(FieldText(journey.referral, "person.name")) + ": " +
         FieldText(nomination, "agencies_needed"));
    for (const std::string& line : Wrapped(nomination.question(), 92)) Line("    " + line);
  }
  for (const Journey& journey : journeys_) {
    SPLW_RETURN_IF_ERROR(Await("the nomination at mdt-agenda", [&]() -> absl::StatusOr<bool> {
      mv1::ListNominationsRequest request;
      request.set_parent(week_.network);
      request.set_case_(journey.case_name);
      int count = 0;
      const std::function<void(const mv1::Nomination&)> each = [&](const mv1::Nomination&) { ++count; };
      SPLW_RETURN_IF_ERROR(ForEach(connection_, coordinator_, connection_.mdt(),
                                   &mv1::MdtAgendaService::Stub::ListNominations, request,
                                   &mv1::ListNominationsResponse::nominations, 0, each));
      if (count > 1) return LostOrDoubled("a nomination arrived twice");
      return count == 1;
    }));
  }
  return absl::OkStatus();
}

}  // namespace splw::ctl
