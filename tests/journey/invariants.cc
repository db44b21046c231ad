#include "tests/journey/invariants.h"

#include <algorithm>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "tests/journey/list_all.h"

namespace splw::journey {
namespace {

using testing::IsOk;

template <typename Request>
Request In(const std::string& parent) {
  Request request;
  request.set_parent(parent);
  return request;
}

void WaitForEmptyOutboxes(const testing::Suite& suite, World& world) {
  for (const char* service : testing::kServices) {
    world.operator_.OperateOn(suite, service);
    WaitUntil(std::string(service) + " to have delivered its events", [&] {
      operations::v1::ListOutboxStreamsRequest list;
      list.set_page_size(1);
      const auto maybe_page = world.operator_.Call(&OperationsStub::ListOutboxStreams, list);
      EXPECT_THAT(maybe_page, IsOk());
      if (!maybe_page.ok()) return true;
      for (const auto& stream : maybe_page->streams()) {
        EXPECT_FALSE(stream.parked()) << service << ": " << stream.parked_reason() << " " << stream.first_event_type()
                                      << " " << stream.parked_message();
      }
      return maybe_page->streams_size() == 0 || ::testing::Test::HasFailure();
    });
  }
}

void CheckReferralsAndCases(const std::vector<referral::v1::Referral>& referrals,
                            const std::vector<caseload::v1::Case>& cases) {
  std::map<std::string, std::string> case_of;  // referral → case, as the caseload has it
  for (const auto& each : cases) {
    for (const std::string& name : each.referrals()) {
      EXPECT_TRUE(case_of.emplace(name, each.name()).second) << name << " has two cases";
    }
  }
  std::size_t with_case = 0;
  std::size_t known = 0;
  for (const auto& referral : referrals) {
    known += case_of.count(referral.name());
    const bool accepted = referral.state() == referral::v1::REFERRAL_STATE_ACCEPTED ||
                          referral.state() == referral::v1::REFERRAL_STATE_CLOSED;
    if (!accepted) continue;
    ++with_case;
    const auto its_case = case_of.find(referral.name());
    EXPECT_EQ(referral.case_(), its_case == case_of.end() ? "" : its_case->second) << referral.name();
    EXPECT_FALSE(referral.case_().empty()) << referral.name() << " was accepted and has no case";
  }
  EXPECT_EQ(known, case_of.size()) << "a case names a referral that intake does not know";
  EXPECT_LE(with_case, case_of.size());
}

void CheckMdt(World& world, const std::vector<caseload::v1::Case>& cases) {
  const auto nominations = ListAll<mdt::v1::Nomination>(world.coordinator, &MdtStub::ListNominations,
                                                        In<mdt::v1::ListNominationsRequest>(kParent),
                                                        [](const auto& page) { return page.nominations(); });
  std::map<std::string, int> open_at_mdt;
  std::set<std::string> known;
  std::map<std::string, std::string> professional_of;  // link worker → professional
  for (const auto& worker : ListAll<caseload::v1::LinkWorker>(world.lead, &CaseloadStub::ListLinkWorkers,
                                                              In<caseload::v1::ListLinkWorkersRequest>(kParent),
                                                              [](const auto& page) { return page.link_workers(); })) {
    professional_of[worker.name()] = worker.professional_id();
  }
  std::map<std::string, std::string> who_has;  // open nomination → professional
  for (const auto& each : cases) {
    if (!each.open_nomination().empty()) who_has[each.open_nomination()] = professional_of[each.link_worker()];
  }
  for (const auto& nomination : nominations) {
    if (const auto has = who_has.find(nomination.name()); has != who_has.end()) {
      EXPECT_EQ(nomination.link_worker().id(), has->second) << nomination.name();
    }
    EXPECT_TRUE(known.insert(nomination.name()).second) << nomination.name() << " is at the MDT twice";
    open_at_mdt[nomination.case_()] += nomination.state() == mdt::v1::NOMINATION_STATE_WAITING ||
                                       nomination.state() == mdt::v1::NOMINATION_STATE_SCHEDULED;
  }
  for (const auto& each : cases) {
    EXPECT_LE(open_at_mdt[each.name()], 1) << each.name();
    if (!each.open_nomination().empty()) {
      EXPECT_EQ(known.count(each.open_nomination()), 1u) << each.open_nomination() << " never reached the MDT";
    }
    const auto& status = each.mdt_status();
    if (status.has_case_holder() && status.has_key_worker()) {
      EXPECT_NE(status.case_holder().id(), status.key_worker().id()) << each.name();
    }
  }

  const auto mdts = ListAll<mdt::v1::Mdt>(world.coordinator, &MdtStub::ListMdts, In<mdt::v1::ListMdtsRequest>(kParent),
                                          [](const auto& page) { return page.mdts(); });
  for (const auto& team : mdts) {
    std::map<std::string, int> feedback_of;  // item → feedback items that are listed or given
    std::vector<mdt::v1::AgendaItem> items;
    const auto meetings = ListAll<mdt::v1::Meeting>(world.coordinator, &MdtStub::ListMeetings,
                                                    In<mdt::v1::ListMeetingsRequest>(team.name()),
                                                    [](const auto& page) { return page.meetings(); });
    for (const auto& meeting : meetings) {
      for (const auto& item : ListAll<mdt::v1::AgendaItem>(world.coordinator, &MdtStub::ListAgendaItems,
                                                           In<mdt::v1::ListAgendaItemsRequest>(meeting.name()),
                                                           [](const auto& page) { return page.agenda_items(); })) {
        if (item.kind() == mdt::v1::ITEM_KIND_FEEDBACK && item.state() != mdt::v1::ITEM_STATE_CARRIED_OVER) {
          ++feedback_of[item.of_item()];
        }
        items.push_back(item);
      }
    }
    for (const auto& item : items) {
      const bool owes = item.state() == mdt::v1::ITEM_STATE_DECIDED &&
                        (item.decision().has_case_holder() || item.decision().actions_size() > 0);
      if (!owes) continue;
      EXPECT_EQ(feedback_of[item.name()], 1) << item.name() << " was decided; its feedback is not due once";
    }
  }
}

void CheckSharing(const testing::Suite& suite, const std::vector<caseload::v1::Case>& cases) {
  for (const auto agency : {type::v1::AGENCY_KIND_HOUSING, type::v1::AGENCY_KIND_MENTAL_HEALTH}) {
    const bool needs_agreement = agency == type::v1::AGENCY_KIND_HOUSING;
    const std::string kind = type::v1::AgencyKind_Name(agency).substr(sizeof("AGENCY_KIND_") - 1);
    Caller member(suite, AgencyMember(kind));
    for (const auto& each : cases) {
      if (!each.has_mdt_status()) continue;
      const auto& agreed = each.consent().share_with();
      const bool shared = each.consent().referral() != type::v1::CONSENT_STATUS_DECLINED &&
                          each.outcome() != caseload::v1::CASE_OUTCOME_DECLINED &&
                          (!needs_agreement || std::find(agreed.begin(), agreed.end(), agency) != agreed.end());
      auto list = In<mdt::v1::ListAgendaItemsRequest>(std::string(kParent) + "/mdts/-/meetings/-");
      list.set_case_(each.name());
      for (const auto& item : ListAll<mdt::v1::AgendaItem>(member, &MdtStub::ListAgendaItems, list,
                                                           [](const auto& page) { return page.agenda_items(); })) {
        EXPECT_TRUE(shared || item.person_withheld()) << item.name() << " shows the person to " << kind;
        EXPECT_NE(item.person_withheld(), item.has_person()) << item.name();
      }
    }
  }
}

void CheckPlaces(World& world, const std::vector<caseload::v1::Case>& cases) {
  std::map<std::string, int> open;
  for (const auto& each : cases) {
    for (const auto& signpost : ListAll<caseload::v1::Signpost>(world.lead, &CaseloadStub::ListSignposts,
                                                                In<caseload::v1::ListSignpostsRequest>(each.name()),
                                                                [](const auto& page) { return page.signposts(); })) {
      open[signpost.community_service()] += signpost.state() == caseload::v1::SIGNPOST_STATE_OPEN;
    }
  }
  for (const auto& service : ListAll<caseload::v1::CommunityService>(
           world.lead, &CaseloadStub::ListCommunityServices, In<caseload::v1::ListCommunityServicesRequest>(kParent),
           [](const auto& page) { return page.community_services(); })) {
    EXPECT_EQ(service.places_held(), open[service.name()]) << service.name();
    EXPECT_LE(service.places_held(), service.places_offered()) << service.name();
  }
}

}  // namespace

void CheckInvariants(const testing::Suite& suite, World& world) {
  WaitForEmptyOutboxes(suite, world);
  const auto referrals = ListAll<referral::v1::Referral>(world.lead, &ReferralStub::ListReferrals,
                                                         In<referral::v1::ListReferralsRequest>(kParent),
                                                         [](const auto& page) { return page.referrals(); });
  const std::vector<caseload::v1::Case> cases = world.AllCases();
  CheckReferralsAndCases(referrals, cases);
  CheckMdt(world, cases);
  CheckSharing(suite, cases);
  CheckPlaces(world, cases);
  EXPECT_THAT(suite.VerifyStores(), IsOk());
}

}  // namespace splw::journey
