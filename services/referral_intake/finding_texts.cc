#include "services/referral_intake/finding_texts.h"

namespace splw::referral_intake {

FindingText TextOf(api::FindingCode code) {
  switch (code) {
    case api::FINDING_CODE_CRISIS_INDICATED:
      return {"at least one crisis question was answered with yes or unsure",
              "follow the urgent advice now, tell a clinician, and confirm that it was done: acknowledge the crisis"};
    case api::FINDING_CODE_CRISIS_CODED:
      return {"a need is coded as a risk of harm, whatever the crisis answers say",
              "follow the urgent advice now, tell a clinician, and confirm that it was done: acknowledge the crisis"};
    case api::FINDING_CODE_CRISIS_WORDS_IN_TEXT:
      return {"the text speaks of self-harm, suicide or danger, while the crisis answers do not",
              "a clinician should read it, if in doubt speak with the person today, and confirm that it was done: "
              "acknowledge the crisis"};
    case api::FINDING_CODE_CRISIS_QUESTIONS_NOT_ASKED:
      return {"the crisis questions were not all asked",
              "a named clinician asks the person the three questions, and accepts the referral with the answers"};
    case api::FINDING_CODE_NHS_NUMBER_MISSING:
      return {"there is no NHS number", "add it when it is known; the person can be supported without"};
    case api::FINDING_CODE_NHS_NUMBER_CHECK_FAILED:
      return {"the NHS number's check digit is wrong", "ask the referrer; the number is kept but never matched on"};
    case api::FINDING_CODE_CONSENT_NOT_ASKED:
      return {"nobody has asked whether the person agrees", "ask the person before any work begins"};
    case api::FINDING_CODE_CONSENT_DECLINED:
      return {"the person does not agree to the referral", "return it; the person can be referred again at any time"};
    case api::FINDING_CODE_CONSENT_EXPLAINER_NOT_STATED:
      return {"it is not recorded who explained the referral to the person", "ask the referrer who explained it"};
    case api::FINDING_CODE_UNDER_AGE:
      return {"the person is, or may be, younger than this network's minimum age",
              "check the date of birth; refer a child or young person to a service for them"};
    case api::FINDING_CODE_PRACTICE_OUTSIDE_NETWORK:
      return {"the referring practice is not a member of this network", "find out which network serves the person"};
    case api::FINDING_CODE_OPEN_REFERRAL_EXISTS:
      return {"another referral for the same person is open", "read both; return one of them if they ask the same"};
    case api::FINDING_CODE_OPEN_CASE_EXISTS:
      return {"the person is being supported already", "tell the case's link worker; on acceptance it joins that case"};
    case api::FINDING_CODE_PRESENTED_BEFORE:
      return {"the person was referred before", "read what became of the earlier referral"};
    case api::FINDING_CODE_URGENT_REQUESTED:
      return {"urgent help is asked for", "decide on it first"};
    case api::FINDING_CODE_NEEDS_NOT_STATED:
      return {"no need is stated", "ask the referrer or the person what help is wanted"};
    case api::FINDING_CODE_REASON_NOT_STATED:
      return {"no reason is stated", "ask the referrer why the person was referred"};
    case api::FINDING_CODE_INCOMPLETE_PERSON:
      return {"something about the person is missing", "ask the referrer for it"};
    case api::FINDING_CODE_INCOMPLETE_REFERRER:
      return {"something about the referrer is missing", "ask the referring organisation for it"};
    case api::FINDING_CODE_SNOMED_CODE_DAMAGED:
      return {"a SNOMED CT code is damaged", "nothing need be done: it is kept as received and not passed on"};
    case api::FINDING_CODE_IMPORT_NOTES:
      return {"something in the sender's document has to be looked at by a person",
              "read the import notes of this referral, and the original where they say so"};
    case api::FINDING_CODE_ALIKE_WITH_OTHER_NHS_NUMBER:
      return {"another referral is for somebody of the same name, date of birth and postcode with another NHS number",
              "compare both numbers with their sources: one may be wrong; accepted as it is, it has a case of its own"};
    default:
      return {"", ""};
  }
}

}  // namespace splw::referral_intake
