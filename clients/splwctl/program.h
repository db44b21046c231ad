// The whole of splwctl but for main, so that tests can run it.
#pragma once

#include <istream>
#include <ostream>

namespace splw::ctl {

// Returns the exit status (clients/splwctl/errors.h). `…_terminal`: whether that stream is a terminal.
int RunProgram(int argc, const char* const* argv, std::istream& in, std::ostream& out, std::ostream& err,
               bool out_terminal, bool err_terminal);

}  // namespace splw::ctl
