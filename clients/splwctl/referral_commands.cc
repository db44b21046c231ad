// splwctl referral …, splwctl policy …
#include <memory>

#include "clients/splwctl/calls.h"
#include "clients/splwctl/commands.h"
#include "clients/splwctl/errors.h"
#include "clients/splwctl/fhir_input.h"
#include "clients/splwctl/values.h"

namespace splw::ctl {
namespace {

namespace rv1 = referral::v1;
using Stub = rv1::ReferralIntakeService::StubInterface;
using identity::Role;

const std::vector<Column>& ReferralColumns() {
  static const std::vector<Column> columns = {{"REFERRAL", "name#"},
                                              {"SUBMITTED", "submit_time"},
                                              {"STATE", "state"},
                                              {"PERSON", "person.name"},
                                              {"URGENCY", "urgency"},
                                              {"FINDINGS", "findings"},
                                              {"FROM", "referrer.organisation"},
                                              {"CASE", "case#"}};
  return columns;
}

struct Arguments {
  std::string name, etag, json, fhir, state, severity, organisation, reason, advice, note, practitioner, order;
  std::string feels_unsafe, suicidal, harm, position;
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

void PrintScreening(Shell& shell, const rv1::Referral& referral) {
  if (shell.json()) {
    PrintJson(shell.out(), referral);
    return;
  }
  std::ostream& out = shell.out();
  out << (referral.name().empty() ? "would be: " : ShortId(referral.name()) + ": ") << EnumWords(referral.state())
      << "\n";
  for (const rv1::Finding& finding : referral.findings()) {
    out << "  " << EnumWords(finding.severity()) << ": " << Printable(finding.message()) << " ["
        << rv1::FindingCode_Name(finding.code()) << "]"
        << (finding.field().empty() ? "" : " in " + Printable(finding.field())) << "\n";
    if (!finding.advice().empty()) out << "    " << Printable(finding.advice()) << "\n";
  }
  if (!referral.urgent_advice().text().empty()) {
    out << "\nURGENT\n";
    for (const std::string& line : Wrapped(referral.urgent_advice().text(), 90)) out << "  " << line << "\n";
    out << "  " << Printable(referral.urgent_advice().contact()) << "\n";
  }
}

absl::Status SubmitOne(Shell& shell, rv1::SubmitReferralRequest request, bool check_only) {
  if (request.parent().empty()) {
    SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), shell.Network());
  }
  if (check_only) {
    request.set_validate_only(true);
  } else if (request.request_id().empty()) {
    request.set_request_id(shell.RequestId());
  }
  SPLW_ASSIGN_OR_RETURN(identity::Principal caller, shell.Caller(Role::kReferrer));
  if (caller.organisation.empty()) {  // a referrer acts for the organisation that the referral names
    const auto& organisation = request.referral().referrer().organisation();
    caller.organisation = organisation.ods_code().empty() ? organisation.local_id() : organisation.ods_code();
  }
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  SPLW_ASSIGN_OR_RETURN(const rv1::Referral referral,
                        connection->Call(caller, connection->intake(), &Stub::SubmitReferral, request));
  PrintScreening(shell, referral);
  return absl::OkStatus();
}

absl::Status SubmitOrCheck(Shell& shell, const Arguments& arguments, bool check_only) {
  if (!arguments.fhir.empty()) {
    SPLW_ASSIGN_OR_RETURN(std::vector<rv1::SubmitReferralRequest> requests, ReadFhirReferrals(shell, arguments.fhir));
    for (std::size_t i = 0; i < requests.size(); ++i) {
      // One id for the document, told apart by the place of the request in it.
      requests[i].set_request_id(shell.RequestId() + (i == 0 ? "" : "-" + std::to_string(i + 1)));
      SPLW_RETURN_IF_ERROR(SubmitOne(shell, requests[i], check_only));
    }
    return absl::OkStatus();
  }
  if (arguments.json.empty()) {
    return UsageError("referral submit", "give the referral with --json FILE or --fhir FILE (\"-\" reads the input)");
  }
  rv1::SubmitReferralRequest request;
  SPLW_RETURN_IF_ERROR(shell.ReadJson(arguments.json, &request));
  if (!shell.options().request_id.empty()) request.set_request_id(shell.options().request_id);
  return SubmitOne(shell, std::move(request), check_only);
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
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return AskAndShow(shell, Role::kServiceLead, connection->intake(), &Stub::AcceptReferral, request);
}

absl::Status Return(Shell& shell, const Arguments& arguments) {
  rv1::ReturnReferralRequest request;
  SPLW_ASSIGN_OR_RETURN(const auto reason, ParseEnum<rv1::ReturnReason>(arguments.reason, "--reason"));
  SPLW_RETURN_IF_ERROR(Identify(shell, Role::kServiceLead, arguments, &request));
  request.set_reason(reason);
  request.set_advice(arguments.advice);
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
  verb->add_option("--etag", arguments.etag, "The version that was decided on (default: the current one)");
}

}  // namespace

void AddReferralCommands(CLI::App& app, Shell& shell) {
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
  list->add_option("--order", arguments->order, EnumChoices(*rv1::ReferralOrder_descriptor()));
  list->add_option("--limit", arguments->limit, "At most this many (default: all)");

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

  CLI::App* back =
      AddVerb(*noun, shell, "return", "Return a referral to its referrer, with a reason and advice",
              {"--network U12345 referral return 01JD… --reason outside-remit --advice \"The falls clinic …\""},
              [&shell, arguments] { return Return(shell, *arguments); });
  AddTarget(back, *arguments);
  back->add_option("--reason", arguments->reason, EnumChoices(*rv1::ReturnReason_descriptor()))->required();
  back->add_option("--advice", arguments->advice, "What the referrer is advised to do")->required();

  CLI::App* withdraw = AddVerb(*noun, shell, "withdraw", "Withdraw a referral",
                               {"--network U12345 referral withdraw 01JD… --reason no-longer-needed"},
                               [&shell, arguments] { return Withdraw(shell, *arguments); });
  AddTarget(withdraw, *arguments);
  withdraw->add_option("--reason", arguments->reason, EnumChoices(*rv1::WithdrawReason_descriptor()))->required();

  CLI::App* acknowledge =
      AddVerb(*noun, shell, "acknowledge-crisis", "Confirm that a crisis is known and the urgent advice was given",
              {"--network U12345 referral acknowledge-crisis 01JD… --urgent-advice-given --by \"Dr Helen Marsh, GP\""},
              [&shell, arguments] { return Acknowledge(shell, *arguments); });
  AddTarget(acknowledge, *arguments);
  acknowledge->add_flag("--urgent-advice-given", arguments->given, "The urgent advice was given");
  acknowledge->add_option("--by", arguments->practitioner, "Who gave it: name and role")->required();

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
  update->add_option("--etag", arguments->etag, "The version that was read (default: the current one)");
}

}  // namespace splw::ctl
