// splwctl: the command line of the suite.
#include <unistd.h>

#include <clocale>
#include <exception>
#include <iostream>
#include <typeinfo>

#include "clients/splwctl/errors.h"
#include "clients/splwctl/program.h"

int main(int argc, char** argv) {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  std::ios::sync_with_stdio(false);
  try {
    return splw::ctl::RunProgram(argc, argv, std::cin, std::cout, std::cerr, isatty(STDOUT_FILENO) != 0,
                                 isatty(STDERR_FILENO) != 0);
  } catch (const std::exception& defect) {
    // Its words may hold what was typed or read; its type says where to look.
    std::cerr << "splwctl: a defect of the program (" << typeid(defect).name()
              << "); what was sent may have been done\n";
    return splw::ctl::kExitDefect;
  }
}
