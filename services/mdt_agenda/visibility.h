// Who sees what of a meeting. Pure.
//
// Coordinators, chairs, link workers, service leads and auditors of the network see everything. Members of an agency
// see published agendas, of those the items that need their agency (or an action of their own), and of those the person,
// who works with them and the question only where the agency is of direct care (health/direct_care.h) or the person has
// agreed to share with it (standards: explicit consent, per agency, minimum data). What counts is what the person says now: where they have taken
// their consent back, no agency sees them on any item, of the past or to come.
#pragma once

#include <string>
#include <vector>

#include "common/identity/principal.h"
#include "services/mdt_agenda/messages.h"

namespace splw::mdt_agenda {

struct Viewer {
  bool agency_member = false;
  AgencyKind agency = type::v1::AGENCY_KIND_UNSPECIFIED;  // of an agency member; unspecified: sees nothing
  std::string id;
};
Viewer ViewerOf(const identity::Principal& principal);

bool MaySee(const Viewer& viewer, const stored::MeetingRecord& meeting);
// Of a meeting that the viewer may see. `owns_action`: an action of the item is the viewer's own.
bool MaySee(const Viewer& viewer, const stored::AgendaItemRecord& item, bool owns_action);
// Those of the agencies needed that may not be told of the person, each once: they are not invited.
std::vector<AgencyKind> WithoutConsent(const stored::SubjectRecord& subject, const stored::SharingRecord& sharing);
// A withdrawn item is not discussed: no agency needs to know whom it was about.
bool MaySeePerson(const Viewer& viewer, const stored::AgendaItemRecord& item, const stored::SharingRecord& sharing);
bool MaySee(const Viewer& viewer, const stored::ActionRecord& action);
// What is to be done may tell of the person. An owner reads it, also where the person did not agree to their agency: they
// were asked to do it. After the person has taken their consent back, they read no more.
bool MaySeeDetails(const Viewer& viewer, const stored::SharingRecord& sharing);

}  // namespace splw::mdt_agenda
