package dev.foretoken.app.command;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.tenant.KeyHash;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code foretoken keys}: keys of tenants, and what is kept of them. */
@Command(name = "keys", mixinStandardHelpOptions = true, description = "Makes keys for tenants.")
public final class KeysCommand implements Runnable {

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = {
                "Prints a new key on the first line, for its tenant, and its hash on the second, for the file of --tenants.",
                "The key is printed once and kept nowhere."
            })
    void create() {
        SecureRandom random = new SecureRandom();
        String key = KeyHash.newKey(random);
        System.out.println(key);
        System.out.println(KeyHash.of(key, random).text());
    }

    @Command(
            mixinStandardHelpOptions = true,
            description =
                    "Reads a key of at least 16 characters from standard input, where nobody sees it, and prints its hash for the file of --tenants.")
    void hash() throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String key = in.readLine();
        if (key == null) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "keys hash found nothing on standard input; send it the key as one line");
        }
        System.out.println(KeyHash.of(key.strip(), new SecureRandom()).text());
    }
}
