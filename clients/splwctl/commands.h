// The nouns of splwctl, each with its verbs.
#pragma once

#include "clients/splwctl/shell.h"

namespace splw::ctl {

void AddReferralCommands(CLI::App& app, Shell& shell);    // referral, policy
void AddCaseCommands(CLI::App& app, Shell& shell);        // case
void AddSignpostCommands(CLI::App& app, Shell& shell);    // signpost, nomination
void AddDirectoryCommands(CLI::App& app, Shell& shell);   // worker, service
void AddMdtCommands(CLI::App& app, Shell& shell);         // mdt, action
void AddMeetingCommands(CLI::App& app, Shell& shell);     // meeting
void AddOperationsCommands(CLI::App& app, Shell& shell);  // outbox, audit, store
void AddSampleCommands(CLI::App& app, Shell& shell);      // sample

}  // namespace splw::ctl
