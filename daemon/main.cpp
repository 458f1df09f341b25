// argv -> command -> exit code.
#include <csignal>
#include <string>
#include <vector>

#include "app/commands.hpp"

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN); // a peer that goes away is an error of that write, not the end of the program
    return lamp::run_program(std::vector<std::string>(argv + 1, argv + argc));
}
