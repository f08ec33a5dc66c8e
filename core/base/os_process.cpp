// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/os_process.h"

#include <cstring>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace dispersa {
namespace fs = std::filesystem;

fs::path programFolder()
{
    std::error_code code;
    return fs::read_symlink("/proc/self/exe", code).parent_path();
}

Result<int> runProgram(const fs::path& program, const std::vector<std::string>& arguments)
{
    std::vector<std::string> words = {program.string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    const int number = ::posix_spawn(&child, program.c_str(), &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (number != 0)
        return fail(ErrorCode::FileUnreadable, "Cannot start '" + program.string() + "': " + std::strerror(number) + ".",
                    program, {}, std::strerror(number));
    int status = 0;
    if (::waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return fail(ErrorCode::FileUnreadable, "'" + program.string() + "' ended abnormally.", program);
    return WEXITSTATUS(status);
}

bool standardErrorIsTerminal() { return ::isatty(STDERR_FILENO) == 1; }

} // namespace dispersa
