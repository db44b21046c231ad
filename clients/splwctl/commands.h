// The nouns of splwctl, each with its verbs. Each file of them has a namespace of its own, for they are compiled together.
#pragma once

#include "clients/splwctl/verbs.h"

namespace splw::ctl {

namespace referral_commands {  // referral, policy
void Add(CLI::App& app, Shell& shell);
}
namespace case_commands {  // case
void Add(CLI::App& app, Shell& shell);
}
namespace signpost_commands {  // signpost, nomination
void Add(CLI::App& app, Shell& shell);
}
namespace directory_commands {  // worker, service
void Add(CLI::App& app, Shell& shell);
}
namespace mdt_commands {  // mdt, action
void Add(CLI::App& app, Shell& shell);
}
namespace meeting_commands {  // meeting
void Add(CLI::App& app, Shell& shell);
}
namespace operations_commands {  // outbox, audit, store
void Add(CLI::App& app, Shell& shell);
}
namespace sample_commands {  // sample
void Add(CLI::App& app, Shell& shell);
}

}  // namespace splw::ctl
