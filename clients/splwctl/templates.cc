#include "clients/splwctl/templates.h"

#include <map>
#include <vector>

#include <google/protobuf/descriptor.h>

namespace splw::ctl {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr char kReferral[] = R"({
  "referral": {
    "person": {
      "nhsNumber": {"value": "9990024006"},
      "name": {"family": "Entwistle", "given": "Hilda", "preferred": ""},
      "birthDate": {"year": 1944, "month": 9, "day": 17},
      "gender": "GENDER_FEMALE",
      "address": {"lines": ["2 Weir Cottages", "Calderwick"], "postcode": "WX4 1DE"},
      "phone": "0161 496 0441",
      "language": "en",
      "interpreterNeeded": false,
      "adjustments": ["Large print"]
    },
    "referrer": {
      "organisation": {
        "odsCode": "P99903",
        "displayName": "Canalside Practice",
        "agency": "AGENCY_KIND_PRIMARY_CARE"
      },
      "practitionerName": "Dr Helen Marsh",
      "roleTitle": "General practitioner",
      "contact": "0161 496 0153"
    },
    "reasonText": "Cannot read her letters any more, and sees nobody since her book group moved.",
    "needs": [{"category": "NEED_CATEGORY_LONELINESS", "note": "Retired teacher"}],
    "crisisAnswers": {
      "feelsUnsafeNow": "CRISIS_ANSWER_NO",
      "suicidalThoughts": "CRISIS_ANSWER_NO",
      "riskOfHarm": "CRISIS_ANSWER_NO"
    },
    "consent": {
      "referral": "CONSENT_STATUS_AGREED",
      "explainedBy": "Dr Helen Marsh",
      "shareWith": ["AGENCY_KIND_VCSE"]
    },
    "urgency": "URGENCY_ROUTINE",
    "channel": "SUBMISSION_CHANNEL_BY_HAND"
  }
}
)";

constexpr char kPolicy[] = R"({
  "policy": {
    "remit": "Whom the service is for, and whom not.",
    "memberPractices": ["P99901", "P99902"],
    "minimumAge": 18,
    "autoAcceptRoutine": true,
    "urgentAdvice": {
      "text": "What to do at once where somebody may be in danger.",
      "contact": "999, or NHS 111 mental health option, at any hour"
    }
  },
  "updateMask": "remit,memberPractices,minimumAge,autoAcceptRoutine,urgentAdvice"
}
)";

constexpr char kWorker[] = R"({
  "linkWorker": {
    "professionalId": "amina.khan",
    "displayName": "Amina Khan",
    "roleCode": "R9815",
    "employer": "Calderwick Community Trust",
    "skills": ["NEED_CATEGORY_HOUSING", "NEED_CATEGORY_MONEY"],
    "languages": ["ur"],
    "wte": 1.0,
    "active": true
  }
}
)";

constexpr char kService[] = R"({
  "communityService": {
    "displayName": "Friday Friends befriending",
    "description": "A volunteer who comes every week.",
    "needs": ["NEED_CATEGORY_LONELINESS", "NEED_CATEGORY_BEREAVEMENT"],
    "agency": "AGENCY_KIND_VCSE",
    "placesOffered": 12,
    "capacityAsOf": {"year": 2026, "month": 11, "day": 26},
    "accepting": true,
    "contact": "0161 496 0501",
    "url": "https://friday-friends.example/"
  }
}
)";

constexpr char kTeam[] = R"({
  "mdtId": "calderwick",
  "mdt": {
    "displayName": "Calderwick neighbourhood MDT",
    "coreAgencies": ["AGENCY_KIND_PRIMARY_CARE", "AGENCY_KIND_SPLW_SERVICE", "AGENCY_KIND_SOCIAL_CARE"],
    "members": [
      {
        "professional": {
          "id": "helen.marsh",
          "displayName": "Dr Helen Marsh",
          "agency": "AGENCY_KIND_PRIMARY_CARE",
          "roleCode": "R0260"
        },
        "chair": true
      },
      {
        "professional": {
          "id": "lesley.crane",
          "displayName": "Lesley Crane",
          "agency": "AGENCY_KIND_PRIMARY_CARE"
        },
        "coordinator": true
      }
    ],
    "schedule": {
      "dayOfWeek": "THURSDAY",
      "startTime": {"hours": 14, "minutes": 0},
      "lengthMinutes": 90,
      "timeZone": "Europe/London"
    },
    "quorum": 2
  }
}
)";

constexpr char kPlan[] = R"({
  "plan": {
    "whatMatters": "To read again, and to have somebody to read with.",
    "goals": [{"text": "Go to the low-vision clinic"}],
    "actions": []
  }
}
)";

void AddChoices(const Message& message, const std::string& path, std::map<std::string, std::string>& choices) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string name = path + field->json_name();
    if (field->enum_type() != nullptr) {
      std::string values;
      for (int i = 0; i < field->enum_type()->value_count(); ++i) {
        if (field->enum_type()->value(i)->number() == 0) continue;  // not said
        values += (values.empty() ? "" : ", ") + field->enum_type()->value(i)->name();
      }
      choices[name] = values;
    } else if (field->message_type() != nullptr && !field->is_repeated()) {
      AddChoices(message.GetReflection()->GetMessage(message, field), name + ".", choices);
    } else if (field->message_type() != nullptr) {
      for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
        AddChoices(message.GetReflection()->GetRepeatedMessage(message, field, i), name + "[].", choices);
      }
    }
  }
}

}  // namespace

const char* ExampleOf(const google::protobuf::Descriptor& request) {
  static const std::map<std::string, const char*> examples = {
      {"SubmitReferralRequest", kReferral}, {"UpdateNetworkPolicyRequest", kPolicy},
      {"CreateLinkWorkerRequest", kWorker}, {"CreateCommunityServiceRequest", kService},
      {"CreateMdtRequest", kTeam},          {"UpdatePlanRequest", kPlan}};
  const auto found = examples.find(request.name());
  return found == examples.end() ? nullptr : found->second;
}

std::string ChoicesIn(const Message& message) {
  std::map<std::string, std::string> choices;
  AddChoices(message, "", choices);
  std::string text;
  for (const auto& [path, values] : choices) text += path + ": " + values + "\n";
  return text;
}

}  // namespace splw::ctl
