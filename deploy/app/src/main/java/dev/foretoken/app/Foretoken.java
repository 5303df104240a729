package dev.foretoken.app;

import dev.foretoken.app.command.RootCommand;
import io.quarkus.runtime.annotations.QuarkusMain;

/** The one executable. */
@QuarkusMain
public final class Foretoken {

    private Foretoken() {}

    public static void main(String... args) {
        int status = RootCommand.execute(args);
        if (status != 0) {
            System.exit(status);
        }
    }
}
