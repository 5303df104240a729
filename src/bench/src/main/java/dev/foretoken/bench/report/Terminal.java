package dev.foretoken.bench.report;

import java.io.Console;

/** Whether a person watches standard error. */
final class Terminal {
    private Terminal() {}

    static boolean attached() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }
}
