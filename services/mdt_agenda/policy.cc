#include "services/mdt_agenda/policy.h"

#include <string>

namespace splw::mdt_agenda {

std::vector<identity::PolicyRow> MdtAgendaPolicy() {
  using identity::Role;
  const std::string service = "splw.mdt.v1.MdtAgendaService/";
  const std::vector<Role> coordinate = {Role::kMdtCoordinator};
  const std::vector<Role> chair = {Role::kMdtCoordinator, Role::kMdtChair};
  const std::vector<Role> report = {Role::kMdtCoordinator, Role::kMdtChair, Role::kAgencyMember};
  const std::vector<Role> staff = {Role::kLinkWorker, Role::kServiceLead, Role::kMdtCoordinator, Role::kMdtChair,
                                   Role::kAuditor};
  const std::vector<Role> read = {Role::kLinkWorker, Role::kServiceLead,  Role::kMdtCoordinator,
                                  Role::kMdtChair,   Role::kAgencyMember, Role::kAuditor};
  return {
      {service + "CreateMdt", coordinate},
      {service + "UpdateMdt", coordinate},
      {service + "GetMdt", read},
      {service + "ListMdts", read},
      {service + "WatchMdts", read},
      {service + "GetMeeting", read},
      {service + "ListMeetings", read},
      {service + "WatchMeetings", read},
      {service + "BuildAgenda", coordinate},
      {service + "PublishAgenda", coordinate},
      {service + "StartMeeting", chair},
      {service + "RecordAttendance", coordinate},
      {service + "CloseMeeting", coordinate},
      {service + "CancelMeeting", coordinate},
      {service + "GetAgendaItem", read},
      {service + "ListAgendaItems", read},
      {service + "RecordDecision", chair},
      {service + "RecordFeedback", report},
      {service + "GetNomination", staff},
      {service + "ListNominations", staff},
      {service + "WatchNominations", staff},
      {service + "GetAction", read},
      {service + "ListActions", read},
      {service + "WatchActions", read},
  };
}

}  // namespace splw::mdt_agenda
