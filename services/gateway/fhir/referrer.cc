#include "services/gateway/fhir/referrer.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <absl/strings/str_cat.h>

#include "common/health/ods_code.h"
#include "services/gateway/fhir/datatypes.h"
#include "services/gateway/fhir/limits.h"
#include "services/gateway/fhir/terminology.h"

namespace splw::fhir {
namespace {

namespace type = splw::type::v1;

// The resources that tell who asked.
struct Sources {
  const Resource* practitioner = nullptr;
  const Resource* role = nullptr;
  const Resource* organisation = nullptr;
};

// The one PractitionerRole of a Practitioner; nullptr if there is none or more than one.
const Resource* RoleOf(const Resource& practitioner, Context& context) {
  const Resource* found = nullptr;
  for (const Resource* role : context.resources.OfType("PractitionerRole")) {
    const std::string reference = context.At(*role)["practitioner"].Peek("reference");
    if (context.resources.Resolve(reference, *role).resource != &practitioner) continue;
    if (found != nullptr) return nullptr;
    found = role;
  }
  return found;
}

// Adds what a reference to somebody leads to.
void Gather(const Resource* target, Sources& sources, Context& context) {
  if (target == nullptr) return;
  if (target->type == "Organization" && sources.organisation == nullptr) {
    sources.organisation = target;
  } else if (target->type == "Practitioner" && sources.practitioner == nullptr) {
    sources.practitioner = target;
    if (sources.role == nullptr) Gather(RoleOf(*target, context), sources, context);
  } else if (target->type == "PractitionerRole" && sources.role == nullptr) {
    sources.role = target;
    const Element role = context.At(*target);
    Gather(Follow(role["practitioner"], *target, context), sources, context);
    Gather(Follow(role["organization"], *target, context), sources, context);
  }
}

// True for what an organisation without an ODS code can be known by: what the services take from a caller as the
// organisation that they act for (common/rpc/admission.h), and no practice's code, which would be taken for that practice.
bool IsLocalId(std::string_view text) {
  return text.size() <= kMaxLocalId &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > 0x20 && c < 0x7F; }) &&
         !health::IsPracticeCode(health::NormaliseOdsCode(text));
}

void MapOdsCode(const Element& identified, type::Organisation& organisation, Context& context) {
  const std::string system = identified.Peek("system");
  const std::string value = identified.Peek("value");
  if (value.empty()) return;
  if (health::IsOdsCodeSystem(system)) {
    if (!organisation.ods_code().empty()) return;
    const std::string code = health::NormaliseOdsCode(value);
    if (!health::IsOdsCode(code)) {
      context.issues.Warning(identified.path() + ".value", "ods-code", "this is no ODS code: kept out");
      return;
    }
    organisation.set_ods_code(code);
    UseIdentifier(identified);
  } else if (organisation.local_id().empty()) {
    if (!IsLocalId(value)) {
      context.issues.Warning(
          identified.path() + ".value", "local-id",
          "not what an organisation without an ODS code can be known by here (1 to 64 printable "
          "characters without spaces, no practice's code): kept as its name only, where it has none");
      if (organisation.display_name().empty()) {
        organisation.set_display_name(Fit(value, kMaxOrganisationName, identified.path() + ".value", context));
      }
      return;
    }
    organisation.set_local_id(value);
    identified.Use("value");
    identified.UseIf("use", {"official", "usual"});
  }
}

void MapOrganisation(const Resource& resource, type::Organisation& organisation, Context& context) {
  context.Handle(resource);
  const Element element = context.At(resource);
  if (organisation.display_name().empty()) {
    organisation.set_display_name(Fit(element.Take("name"), kMaxOrganisationName, element.path() + ".name", context));
  }
  for (const Element& identifier : element.Each("identifier")) MapOdsCode(identifier, organisation, context);
  if (element.PeekBoolean("active").value_or(false)) element.Use("active");
}

void MapRole(const Resource& resource, type::Referrer& referrer, Context& context) {
  context.Handle(resource);
  const Element role = context.At(resource);
  for (const Element& code : role.Each("code")) {
    const std::string title = ConceptText(code);
    if (!title.empty() && referrer.role_title().empty()) {
      referrer.set_role_title(Fit(title, kMaxRoleTitle, code.path(), context));
      UseConceptText(code);
    }
  }
  for (const char* property : {"code", "specialty"}) {
    for (const Element& concept_element : role.Each(property)) {
      for (const Element& coding : concept_element.Each("coding")) {
        const type::AgencyKind agency = AgencyOfRole(coding.Peek("code"));
        if (agency == type::AGENCY_KIND_UNSPECIFIED) continue;
        if (referrer.organisation().agency() == type::AGENCY_KIND_UNSPECIFIED) {
          referrer.mutable_organisation()->set_agency(agency);
        }
        UseCode(coding);
      }
    }
  }
  if (role.PeekBoolean("active").value_or(false)) role.Use("active");
}

void MapContact(const Resource& resource, type::Referrer& referrer, Context& context) {
  if (!referrer.contact().empty()) return;
  const Element owner = context.At(resource);
  Element contact = BestContact(owner, "phone", /*work_first=*/true, context);
  if (!contact) contact = BestContact(owner, "email", /*work_first=*/true, context);
  if (!contact) return;
  referrer.set_contact(Fit(contact.Peek("value"), kMaxContact, contact.path(), context));
  UseContact(contact, {"work"});
}

// The person asks for themselves, or somebody close to them does: a RelatedPerson, or a Patient who is not the one that the
// request is about (a mother, who is a patient too).
void MapLayReferrer(const Resource& target, const Resource& patient, type::Referrer& referrer, Context& context) {
  context.issues.Warning(target.path, "lay-referrer",
                         "the person, or somebody close to them, asks: no professional stands behind the request");
  referrer.mutable_organisation()->set_agency(type::AGENCY_KIND_OTHER);
  if (&target == &patient) {
    referrer.set_role_title("Self-referral");
    referrer.set_practitioner_name("Self-referral");
    return;
  }
  context.Handle(target);
  const Element related = context.At(target);
  referrer.set_practitioner_name(
      Fit(TakeNameText(BestName(related, context)), kMaxPractitionerName, target.path + ".name", context));
  for (const Element& relationship : related.Each("relationship")) {
    if (!referrer.role_title().empty()) break;
    referrer.set_role_title(Fit(ConceptText(relationship), kMaxRoleTitle, relationship.path(), context));
    UseConceptText(relationship);
  }
  if (referrer.role_title().empty()) referrer.set_role_title("Relative or friend");
  MapContact(target, referrer, context);
  related["patient"].Use({"reference", "type"});
}

void MapSources(const Sources& sources, type::Referrer& referrer, Context& context) {
  if (sources.role != nullptr) MapRole(*sources.role, referrer, context);
  if (sources.practitioner != nullptr) {
    context.Handle(*sources.practitioner);
    const Element practitioner = context.At(*sources.practitioner);
    const std::string name = TakeNameText(BestName(practitioner, context));
    referrer.set_practitioner_name(Fit(name, kMaxPractitionerName, practitioner.path() + ".name", context));
    if (practitioner.PeekBoolean("active").value_or(false)) practitioner.Use("active");
  }
  if (sources.organisation != nullptr) {
    MapOrganisation(*sources.organisation, *referrer.mutable_organisation(), context);
  }
  for (const Resource* resource : {sources.role, sources.practitioner, sources.organisation}) {
    if (resource != nullptr) MapContact(*resource, referrer, context);
  }
}

// What a Reference says of itself, where it leads to no resource.
void MapBareReference(const Element& reference, type::Referrer& referrer, Context& context) {
  const std::string display = reference.Peek("display");
  const bool names_organisation =
      health::IsOdsCodeSystem(reference["identifier"].Peek("system")) || reference.Peek("type") == "Organization";
  if (names_organisation) {
    MapOdsCode(reference["identifier"], *referrer.mutable_organisation(), context);
    if (referrer.organisation().display_name().empty()) {
      referrer.mutable_organisation()->set_display_name(
          Fit(reference.Take("display"), kMaxOrganisationName, reference.path(), context));
    }
  } else if (referrer.practitioner_name().empty() && !display.empty()) {
    referrer.set_practitioner_name(Fit(reference.Take("display"), kMaxPractitionerName, reference.path(), context));
  }
}

bool HasOrganisation(const type::Referrer& referrer) {
  const type::Organisation& organisation = referrer.organisation();
  return !organisation.ods_code().empty() || !organisation.local_id().empty() || !organisation.display_name().empty();
}

// ERROR where nothing tells the intake which organisation asks: it knows them by their ids.
void RequireOrganisation(const type::Organisation& organisation, const std::string& location, Context& context) {
  if (context.sender_has_organisation || !organisation.ods_code().empty() || !organisation.local_id().empty()) return;
  context.issues.Error(location, "referrer-unknown",
                       "no organisation that asks is named by an ODS code or an id of its own: name it, or say for "
                       "which one you send");
}

}  // namespace

type::Referrer MapReferrer(const Resource& service_request, const Resource& patient, const Resource* message_header,
                           Context& context) {
  type::Referrer referrer;
  const std::string requester_path = absl::StrCat(service_request.path, ".requester");
  const Element requester = context.At(service_request)["requester"];
  const Resource* target = Follow(requester, service_request, context);
  if (target != nullptr && (target->type == "Patient" || target->type == "RelatedPerson")) {
    MapLayReferrer(*target, patient, referrer, context);
    RequireOrganisation(referrer.organisation(), requester_path, context);
    return referrer;
  }
  Sources sources;
  Gather(target, sources, context);
  MapSources(sources, referrer, context);
  if (requester && target == nullptr) {
    context.issues.Warning(requester.path(), "requester-unresolved", "this leads to no resource of the message");
    MapBareReference(requester, referrer, context);
  }
  if (sources.role != nullptr && sources.organisation == nullptr) {
    MapBareReference(context.At(*sources.role)["organization"], referrer, context);
  }
  if (sources.role != nullptr && sources.practitioner == nullptr) {
    MapBareReference(context.At(*sources.role)["practitioner"], referrer, context);
  }

  if (!HasOrganisation(referrer) && message_header != nullptr) {
    const Element header = context.At(*message_header);
    for (const char* property : {"sender", "responsible", "author"}) {
      if (HasOrganisation(referrer) || !header[property]) continue;
      Sources of_header;
      Gather(Follow(header[property], *message_header, context), of_header, context);
      if (of_header.organisation == nullptr) continue;
      MapOrganisation(*of_header.organisation, *referrer.mutable_organisation(), context);
      context.issues.Information(header[property].path(), "referrer-from-sender",
                                 "the request names no organisation: the one that sent the message is taken");
    }
  }
  type::Organisation& organisation = *referrer.mutable_organisation();
  if (organisation.agency() == type::AGENCY_KIND_UNSPECIFIED)
    organisation.set_agency(AgencyOfOdsCode(organisation.ods_code()));
  if (organisation.agency() == type::AGENCY_KIND_UNSPECIFIED) {
    organisation.set_agency(type::AGENCY_KIND_OTHER);
    context.issues.Information(requester_path, "agency-not-said",
                               "what kind of agency asks is not said: taken as other");
  }
  if (organisation.ods_code().empty()) {
    context.issues.Warning(requester_path, "referrer-without-ods", "the referring organisation has no ODS code here");
  }
  if (referrer.practitioner_name().empty()) {
    context.issues.Warning(requester_path, "referrer-without-name", "nobody is named who asks");
  }
  const bool has_resource = sources.organisation != nullptr;
  RequireOrganisation(organisation,
                      has_resource ? absl::StrCat(sources.organisation->path, ".identifier") : requester_path, context);
  return referrer;
}

}  // namespace splw::fhir
