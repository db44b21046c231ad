// splwctl referral …, splwctl policy …
#include <memory>

#include <absl/strings/escaping.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>
#include <nlohmann/json.hpp>

#include "clients/splwctl/calls.h"
#include "clients/splwctl/commands.h"
#include "clients/splwctl/errors.h"
#include "clients/splwctl/fhir_input.h"
#include "clients/splwctl/names.h"
#include "clients/splwctl/render.h"
#include "clients/splwctl/values.h"
#include "common/text/failure.h"
#include "common/text/fingerprint.h"

namespace splw::ctl::referral_commands {
namespace {

namespace rv1 = referral::v1;
using Stub = rv1::ReferralIntakeService::Stub;
using identity::Role;

const std::vector<Column>& ReferralColumns() {
  static const std::vector<Column> columns = {{"REFERRAL", "name#"},
                                              {"SUBMITTED", "submit_time"},
                                              {"STATE", "state"},
                                              {"PERSON", "person.name"},
                                              {"URGENCY", "urgency"},
                                              {"FINDINGS", "findings.code"},
                                              {"FROM", "referrer.organisation"},
                                              {"CASE", "case#"}};
  return columns;
}

// Leaves room in the 64 characters of a request id for "-" and the place of a request in its document.
constexpr std::size_t kLongestDocumentId = 58;

struct Arguments {
  std::string name, etag, json, fhir, state, severity, organisation, reason, advice, note, practitioner, informed,
      order;
  std::string after, before;
  std::string feels_unsafe, suicidal, harm, position;
  std::vector<std::string> others;
  bool validate_only = false, crisis = false, given = false;
  std::int64_t limit = 0;
};

absl::StatusOr<rv1::Referral> Fetch(Shell& shell, Role role, const std::string& name) {
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  rv1::GetReferralRequest request;
  request.set_name(name);
  return Ask(shell, role, connection->intake(), &Stub::GetReferral, request);
}

// Name, etag (the current one, unless one was given) and request id of a change.
template <typename Request>
absl::Status Identify(Shell& shell, Role role, const Arguments& arguments, Request* request) {
  SPLW_ASSIGN_OR_RETURN(*request->mutable_name(), shell.Name("referrals", arguments.name, "REFERRAL"));
  request->set_etag(arguments.etag);
  if (arguments.etag.empty()) {
    SPLW_ASSIGN_OR_RETURN(const rv1::Referral referral, Fetch(shell, role, request->name()));
    request->set_etag(referral.etag());
  }
  request->set_request_id(shell.RequestId());
  return absl::OkStatus();
}

void PrintScreening(std::ostream& out, const rv1::Referral& referral) {
  out << (referral.name().empty() ? "would be: " : ShortId(referral.name()) + ": ") << EnumWords(referral.state())
      << "\n";
  for (const rv1::Finding& finding : referral.findings()) {
    out << "  " << EnumWords(finding.severity()) << ": " << Printable(finding.message()) << " ["
        << rv1::FindingCode_Name(finding.code()) << "]"
        << (finding.field().empty() ? "" : " in " + Printable(finding.field())) << "\n";
    if (!finding.related_referral().empty()) {
      out << "    referral " << ShortId(finding.related_referral())
          << (finding.related_case().empty() ? "" : ", case " + ShortId(finding.related_case())) << "\n";
    }
    if (!finding.advice().empty()) out << "    " << Printable(finding.advice()) << "\n";
  }
  if (!referral.urgent_advice().text().empty()) {
    out << "\nURGENT\n";
    for (const std::string& line : Wrapped(referral.urgent_advice().text(), 90)) out << "  " << line << "\n";
    out << "  " << Printable(referral.urgent_advice().contact()) << "\n";
  }
}

// The id of a referral that brings none: it follows from all that is sent. The same referral again, alone or in a document of which
// another part was mended, after a crash or by mistake, is the same request, and is answered as the first time.
std::string ContentId(const rv1::SubmitReferralRequest& request) {
  return "content-" + absl::BytesToHexString(text::Fingerprint(request)).substr(0, 40);
}

absl::StatusOr<rv1::Referral> SubmitOne(Shell& shell, rv1::SubmitReferralRequest request, bool check_only) {
  if (request.parent().empty()) {
    SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), shell.Network());
  }
  const bool by_content = request.request_id().empty();
  if (check_only) {
    request.set_validate_only(true);
  } else if (by_content) {
    request.set_request_id(ContentId(request));
  }
  SPLW_ASSIGN_OR_RETURN(identity::Principal caller, shell.Caller(Role::kReferrer));
  if (caller.organisation.empty()) {  // a referrer acts for the organisation that the referral names
    const auto& organisation = request.referral().referrer().organisation();
    caller.organisation = organisation.ods_code().empty() ? organisation.local_id() : organisation.ods_code();
  }
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  absl::StatusOr<rv1::Referral> maybe_referral =
      connection->Call(caller, connection->intake(), &Stub::SubmitReferral, request);
  if (maybe_referral.ok() || check_only) return maybe_referral;
  return by_content ? WithSafeRepeat(maybe_referral.status()) : WithSafeRepeat(maybe_referral.status(), request);
}

Json IssueJson(const fhir::Issue& issue) {
  const char* const severities[] = {"error", "warning", "information"};
  Json object;
  object["severity"] = severities[static_cast<int>(issue.severity)];
  object["location"] = issue.location;
  object["code"] = issue.code;
  object["message"] = issue.message;
  return object;
}

// Sends each referral of a document, the screening of each to `referrals`. One that is refused does not keep the next from being
// sent; where nobody answers, the rest waits.
absl::Status SendAll(Shell& shell, FhirReferrals& document, bool check_only, std::vector<rv1::Referral>& referrals) {
  std::vector<std::string> refused;
  for (const fhir::Issue& issue : document.issues) {
    if (issue.severity == fhir::Severity::kError) refused.push_back(issue.location);
  }
  const std::size_t count = document.requests.size();
  // One id for the document, told apart by the place of the request in it.
  const std::string& given_id = shell.options().request_id;
  if (count > 1 && given_id.size() > kLongestDocumentId) {
    return UsageError("--request-id",
                      absl::StrFormat("at most %d characters for a document of several referrals", kLongestDocumentId));
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (!given_id.empty())
      document.requests[i].set_request_id(i == 0 ? given_id : absl::StrFormat("%s-%d", given_id, i + 1));
    const absl::StatusOr<rv1::Referral> maybe_referral = SubmitOne(shell, document.requests[i], check_only);
    if (maybe_referral.ok()) {
      referrals.push_back(*maybe_referral);
      if (!shell.json()) PrintScreening(shell.out(), *maybe_referral);
      continue;
    }
    const absl::Status& status = maybe_referral.status();
    if (count == 1 && refused.empty()) return status;
    const std::string which = absl::StrFormat("referral %d of %d", i + 1, count);
    if (ExitStatusOf(status) == kExitUnavailable || ExitStatusOf(status) == kExitDefect) {
      shell.err() << "  " << referrals.size() << " were sent; " << which
                  << " had no answer, and what follows it was not sent\n";
      return status;
    }
    PrintError(shell.err(), status, shell.error_color());
    refused.push_back(which);
  }
  if (refused.empty()) return absl::OkStatus();
  return text::Failure(absl::StatusCode::kInvalidArgument, "FHIR_PARTLY_MAPPED",
                       absl::StrFormat("%d %s, but not all of the document; refused: %s", referrals.size(),
                                       check_only ? "would be taken" : "sent", absl::StrJoin(refused, ", ")));
}

absl::Status SubmitDocument(Shell& shell, const std::string& path, bool check_only) {
  SPLW_ASSIGN_OR_RETURN(FhirReferrals document, ReadFhirReferrals(shell, path));
  std::vector<rv1::Referral> referrals;
  const absl::Status status = document.status.ok() ? SendAll(shell, document, check_only, referrals) : document.status;
  if (shell.json()) {
    Json answer;
    answer["referrals"] = Json::array();
    for (const rv1::Referral& referral : referrals) answer["referrals"].push_back(JsonOf(referral));
    answer["issues"] = Json::array();
    for (const fhir::Issue& issue : document.issues) answer["issues"].push_back(IssueJson(issue));
    PrintDocument(shell.out(), answer);
  }
  return status;
}

absl::Status SubmitOrCheck(Shell& shell, const Arguments& arguments, bool check_only) {
  if (!arguments.fhir.empty()) return SubmitDocument(shell, arguments.fhir, check_only);
  if (arguments.json.empty()) {
    return UsageError("referral submit", "give the referral with --json FILE or --fhir FILE (\"-\" reads the input)");
  }
  rv1::SubmitReferralRequest request;
  SPLW_RETURN_IF_ERROR(shell.ReadJson(arguments.json, &request));
  if (!shell.options().request_id.empty()) request.set_request_id(shell.options().request_id);
  SPLW_ASSIGN_OR_RETURN(const rv1::Referral referral, SubmitOne(shell, std::move(request), check_only));
  if (shell.json()) {
    PrintJson(shell.out(), referral);
  } else {
    PrintScreening(shell.out(), referral);
  }
  return absl::OkStatus();
}

absl::Status List(Shell& shell, const Arguments& arguments) {
  rv1::ListReferralsRequest request;
  SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), shell.Network());
  if (!arguments.state.empty()) {
    SPLW_ASSIGN_OR_RETURN(const auto state, ParseEnum<rv1::ReferralState>(arguments.state, "--state"));
    request.set_state(state);
  }
  if (!arguments.severity.empty()) {
    SPLW_ASSIGN_OR_RETURN(const auto severity, ParseEnum<rv1::FindingSeverity>(arguments.severity, "--severity"));
    request.set_severity(severity);
  }
  if (!arguments.order.empty()) {
    SPLW_ASSIGN_OR_RETURN(const auto order, ParseEnum<rv1::ReferralOrder>(arguments.order, "--order"));
    request.set_order(order);
  }
  if (!arguments.after.empty()) {
    SPLW_ASSIGN_OR_RETURN(const auto date, ParseDate(arguments.after, "--submitted-from"));
    *request.mutable_submitted_after() = StartOfDay(date);
  }
  if (!arguments.before.empty()) {
    SPLW_ASSIGN_OR_RETURN(const auto date, ParseDate(arguments.before, "--submitted-before"));
    *request.mutable_submitted_before() = StartOfDay(date);
  }
  request.set_crisis_only(arguments.crisis);
  request.set_referrer_organisation(arguments.organisation);
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return ListAndShow(shell, Role::kServiceLead, connection->intake(), &Stub::ListReferrals, request,
                     &rv1::ListReferralsResponse::referrals, ReferralColumns(), arguments.limit);
}

absl::Status Accept(Shell& shell, const Arguments& arguments) {
  rv1::AcceptReferralRequest request;
  SPLW_RETURN_IF_ERROR(Identify(shell, Role::kServiceLead, arguments, &request));
  request.set_note_code(arguments.note);
  const auto answer = [](const std::string& text, std::string_view flag) -> absl::StatusOr<type::v1::CrisisAnswer> {
    if (text.empty()) return type::v1::CRISIS_ANSWER_UNSPECIFIED;
    return ParseEnum<type::v1::CrisisAnswer>(text, flag);
  };
  if (!arguments.feels_unsafe.empty() || !arguments.suicidal.empty() || !arguments.harm.empty()) {
    SPLW_ASSIGN_OR_RETURN(const auto unsafe, answer(arguments.feels_unsafe, "--feels-unsafe-now"));
    SPLW_ASSIGN_OR_RETURN(const auto suicidal, answer(arguments.suicidal, "--suicidal-thoughts"));
    SPLW_ASSIGN_OR_RETURN(const auto harm, answer(arguments.harm, "--risk-of-harm"));
    request.mutable_crisis_answers()->set_feels_unsafe_now(unsafe);
    request.mutable_crisis_answers()->set_suicidal_thoughts(suicidal);
    request.mutable_crisis_answers()->set_risk_of_harm(harm);
  }
  for (const std::string& other : arguments.others) {
    SPLW_ASSIGN_OR_RETURN(*request.add_not_same_person_as(), shell.Name("referrals", other, "--not-same-person-as"));
  }
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return AskAndShow(shell, Role::kServiceLead, connection->intake(), &Stub::AcceptReferral, request);
}

absl::Status Return(Shell& shell, const Arguments& arguments) {
  rv1::ReturnReferralRequest request;
  SPLW_ASSIGN_OR_RETURN(const auto reason, ParseEnum<rv1::ReturnReason>(arguments.reason, "--reason"));
  SPLW_RETURN_IF_ERROR(Identify(shell, Role::kServiceLead, arguments, &request));
  request.set_reason(reason);
  SPLW_ASSIGN_OR_RETURN(*request.mutable_advice(), shell.Words(arguments.advice, "--advice"));
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return AskAndShow(shell, Role::kServiceLead, connection->intake(), &Stub::ReturnReferral, request);
}

absl::Status Withdraw(Shell& shell, const Arguments& arguments) {
  rv1::WithdrawReferralRequest request;
  SPLW_ASSIGN_OR_RETURN(const auto reason, ParseEnum<rv1::WithdrawReason>(arguments.reason, "--reason"));
  SPLW_RETURN_IF_ERROR(Identify(shell, Role::kServiceLead, arguments, &request));
  request.set_reason(reason);
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return AskAndShow(shell, Role::kServiceLead, connection->intake(), &Stub::WithdrawReferral, request);
}

absl::Status Acknowledge(Shell& shell, const Arguments& arguments) {
  if (!arguments.given) {
    return UsageError("--urgent-advice-given", "say it only when the urgent advice was given, and by whom (--by)");
  }
  rv1::AcknowledgeCrisisRequest request;
  SPLW_RETURN_IF_ERROR(Identify(shell, Role::kServiceLead, arguments, &request));
  request.set_urgent_advice_given(true);
  request.set_practitioner_name(arguments.practitioner);
  request.set_referrer_informed(arguments.informed);
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return AskAndShow(shell, Role::kServiceLead, connection->intake(), &Stub::AcknowledgeCrisis, request);
}

absl::Status Watch(Shell& shell, const Arguments& arguments) {
  rv1::WatchReferralsRequest request;
  SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), shell.Network());
  request.set_position(arguments.position);
  return WatchAndShow<rv1::WatchReferralsResponse>(
      shell, Role::kServiceLead, Peer::kIntake, request, &rv1::WatchReferralsResponse::referral,
      {{"", "name#"}, {"", "state"}, {"", "person.name"}, {"", "urgency"}, {"", "case#"}}, arguments.limit,
      [](Connection& connection, grpc::ClientContext* context, const rv1::WatchReferralsRequest& from) {
        return connection.intake().WatchReferrals(context, from);
      });
}

absl::StatusOr<rv1::NetworkPolicy> FetchPolicy(Shell& shell) {
  rv1::GetNetworkPolicyRequest request;
  SPLW_ASSIGN_OR_RETURN(const std::string network, shell.Network());
  request.set_name(network + "/policy");
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return Ask(shell, Role::kServiceLead, connection->intake(), &Stub::GetNetworkPolicy, request);
}

absl::Status UpdatePolicy(Shell& shell, const Arguments& arguments) {
  rv1::UpdateNetworkPolicyRequest request;
  SPLW_RETURN_IF_ERROR(shell.ReadJson(arguments.json, &request));
  if (request.policy().name().empty()) {
    SPLW_ASSIGN_OR_RETURN(const std::string network, shell.Network());
    request.mutable_policy()->set_name(network + "/policy");
  }
  if (!arguments.etag.empty()) request.mutable_policy()->set_etag(arguments.etag);
  if (request.policy().etag().empty()) {
    shell.options().network = NetworkOf(request.policy().name());
    SPLW_ASSIGN_OR_RETURN(const rv1::NetworkPolicy current, FetchPolicy(shell));
    request.mutable_policy()->set_etag(current.etag());
  }
  if (request.request_id().empty() || !shell.options().request_id.empty()) request.set_request_id(shell.RequestId());
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return AskAndShow(shell, Role::kServiceLead, connection->intake(), &Stub::UpdateNetworkPolicy, request);
}

void AddTarget(CLI::App* verb, Arguments& arguments) {
  verb->add_option("REFERRAL", arguments.name, "Its id, or its full name")->required();
  AddEtag(*verb, arguments.etag);
}

}  // namespace

void Add(CLI::App& app, Shell& shell) {
  CLI::App* noun = AddNoun(app, "referral", "Referrals: submit, follow, decide");
  const auto arguments = std::make_shared<Arguments>();

  for (const bool check : {false, true}) {
    CLI::App* verb = AddVerb(
        *noun, shell, check ? "check" : "submit",
        check ? "Say what would happen to a referral; nothing is written" : "Submit a referral and show its screening",
        {check ? "referral check --json referral.json" : "--network U12345 referral submit --json referral.json",
         check ? "--network U12345 referral check --fhir bundle.json"
               : "--network U12345 referral submit --fhir - < bundle.json"},
        [&shell, arguments, check] { return SubmitOrCheck(shell, *arguments, check); });
    CLI::Option* json = verb->add_option("--json", arguments->json, "SubmitReferralRequest as JSON; \"-\": the input");
    AddTemplate(*verb, rv1::SubmitReferralRequest());
    verb->add_option("--fhir", arguments->fhir,
                     "FHIR R4 Bundle (BaRS message, collection or transaction); \"-\": the input. --organisation "
                     "stands in where it names none")
        ->excludes(json);
  }

  CLI::App* list =
      AddVerb(*noun, shell, "list", "List referrals",
              {"--network U12345 referral list --state awaiting-triage", "--network U12345 referral list --crisis"},
              [&shell, arguments] { return List(shell, *arguments); });
  list->add_option("--state", arguments->state, EnumChoices(*rv1::ReferralState_descriptor()));
  list->add_option("--severity", arguments->severity, EnumChoices(*rv1::FindingSeverity_descriptor()));
  list->add_flag("--crisis", arguments->crisis, "Only those with signs of danger");
  list->add_option("--from", arguments->organisation, "Only those of this organisation");
  list->add_option("--submitted-from", arguments->after, "Submitted on this date or later");
  list->add_option("--submitted-before", arguments->before, "Submitted before this date");
  list->add_option("--order", arguments->order, EnumChoices(*rv1::ReferralOrder_descriptor()));
  AddLimit(*list, arguments->limit);

  AddVerb(*noun, shell, "show", "Show a referral and what became of it", {"--network U12345 referral show 01JD…"},
          [&shell, arguments]() -> absl::Status {
            SPLW_ASSIGN_OR_RETURN(const std::string name, shell.Name("referrals", arguments->name, "REFERRAL"));
            SPLW_ASSIGN_OR_RETURN(const rv1::Referral referral, Fetch(shell, Role::kServiceLead, name));
            shell.Show(referral);
            return absl::OkStatus();
          })
      ->add_option("REFERRAL", arguments->name, "Its id, or its full name")
      ->required();

  CLI::App* accept =
      AddVerb(*noun, shell, "accept", "Accept a referral that waits for triage",
              {"--network U12345 referral accept 01JD…"}, [&shell, arguments] { return Accept(shell, *arguments); });
  AddTarget(accept, *arguments);
  accept->add_option("--note-code", arguments->note, "For the audit record: A-Z, 0-9 and _");
  accept->add_option("--feels-unsafe-now", arguments->feels_unsafe,
                     "no, yes, unsure: where the questions had not been asked");
  accept->add_option("--suicidal-thoughts", arguments->suicidal, "no, yes, unsure");
  accept->add_option("--risk-of-harm", arguments->harm, "no, yes, unsure");
  accept->add_option("--not-same-person-as", arguments->others,
                     "A referral that a finding, or AMBIGUOUS_PERSON, names and that is for somebody else (a twin); "
                     "may be given several times");

  CLI::App* back =
      AddVerb(*noun, shell, "return", "Return a referral to its referrer, with a reason and advice",
              {"--network U12345 referral return 01JD… --reason outside-remit --advice \"The falls clinic …\""},
              [&shell, arguments] { return Return(shell, *arguments); });
  AddTarget(back, *arguments);
  back->add_option("--reason", arguments->reason, EnumChoices(*rv1::ReturnReason_descriptor()))->required();
  AddWords(*back, "--advice", arguments->advice, "What the referrer is advised to do");
  back->get_option("--advice")->required();

  CLI::App* withdraw = AddVerb(*noun, shell, "withdraw", "Withdraw a referral",
                               {"--network U12345 referral withdraw 01JD… --reason no-longer-needed"},
                               [&shell, arguments] { return Withdraw(shell, *arguments); });
  AddTarget(withdraw, *arguments);
  withdraw->add_option("--reason", arguments->reason, EnumChoices(*rv1::WithdrawReason_descriptor()))->required();

  CLI::App* acknowledge =
      AddVerb(*noun, shell, "acknowledge-crisis", "Confirm that a crisis is known and the urgent advice was given",
              {"--network U12345 referral acknowledge-crisis 01JD… --urgent-advice-given --by \"Amina Khan\" "
               "--referrer-informed \"Dr Helen Marsh, GP\""},
              [&shell, arguments] { return Acknowledge(shell, *arguments); });
  AddTarget(acknowledge, *arguments);
  acknowledge->add_flag("--urgent-advice-given", arguments->given, "The urgent advice was given");
  acknowledge->add_option("--by", arguments->practitioner, "Who gave it: name and role")->required();
  acknowledge->add_option(
      "--referrer-informed", arguments->informed,
      "Who at the referring organisation confirmed that they know: name and role (unless the caller is a "
      "referrer)");

  AddWatch(*noun, shell, "referrals", arguments->position, arguments->limit,
           [&shell, arguments] { return Watch(shell, *arguments); });

  CLI::App* policy = AddNoun(app, "policy", "What a network takes, and how it screens");
  AddVerb(*policy, shell, "show", "Show a network's policy", {"--network U12345 policy show"},
          [&shell]() -> absl::Status {
            SPLW_ASSIGN_OR_RETURN(const rv1::NetworkPolicy current, FetchPolicy(shell));
            shell.Show(current);
            return absl::OkStatus();
          });
  CLI::App* update =
      AddVerb(*policy, shell, "update", "Change a network's policy", {"policy update --json deploy/sample/policy.json"},
              [&shell, arguments] { return UpdatePolicy(shell, *arguments); });
  update->add_option("--json", arguments->json, "UpdateNetworkPolicyRequest as JSON; \"-\": the input")->required();
  AddTemplate(*update, rv1::UpdateNetworkPolicyRequest());
  AddEtag(*update, arguments->etag);
}

}  // namespace splw::ctl::referral_commands
