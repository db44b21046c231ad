// Which ServiceRequests a document asks to act on.
#pragma once

#include <vector>

#include "services/gateway/fhir/resources.h"

namespace splw::fhir {

// False, and an ERROR, where the Bundle's type is none that is taken in, or it has implicitRules.
bool CheckBundle(const Element& bundle, Context& context);

// What a Bundle's entries ask for beside their resources: deletions are a WARNING "entry-method" (an ERROR where they are of
// ServiceRequests), an entry that holds no resource is said.
void CheckEntries(const Element& bundle, Context& context);

// The header of a message that asks for a new referral; nullptr or ERRORs where it is another message.
const Resource* CheckMessageHeader(Context& context);

// In a message (`header` is not nullptr), the ServiceRequests that MessageHeader.focus leads to, directly or through a Task; in
// other documents, every ServiceRequest that is not contained.
std::vector<const Resource*> ServiceRequestsOf(const Resource* header, Context& context);

// ERROR "task-status" where a Task about the request has ended: its work was done, refused or given up.
void CheckTasks(const Resource& service_request, Context& context);

}  // namespace splw::fhir
