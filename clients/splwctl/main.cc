// splwctl: the command line of the suite.
#include <unistd.h>

#include <clocale>
#include <iostream>

#include "clients/splwctl/program.h"

int main(int argc, char** argv) {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  std::ios::sync_with_stdio(false);
  return splw::ctl::RunProgram(argc, argv, std::cin, std::cout, std::cerr, isatty(STDOUT_FILENO) != 0,
                               isatty(STDERR_FILENO) != 0);
}
