package dev.foretoken.app.local;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.answer.AnswerStream;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/** A conversation line by line. Ctrl-C ends an answer, Ctrl-D the conversation. */
public final class ChatSession {

    private static final String PROMPT = "> ";
    private static final String BYE = "/bye";
    private static final String HELP = "/clear forgets the conversation, /bye ends it; Ctrl-C stops an answer";

    private final LocalModel model;
    private final AnswerOptions options;
    private final @Nullable String system;
    private final List<Map<String, Object>> messages = new ArrayList<>();

    public ChatSession(LocalModel model, AnswerOptions options, @Nullable String system) {
        this.model = model;
        this.options = options;
        this.system = system;
        clear();
    }

    /** Reads lines until the end of input or {@code /bye}: from a person with editing and history, from a pipe as they are. */
    public void talk() throws IOException, InterruptedException {
        Console console = System.console();
        if (console != null && console.isTerminal()) {
            talkWithPerson();
        } else {
            talkThroughPipe(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
        }
    }

    private void talkThroughPipe(BufferedReader lines) throws IOException, InterruptedException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.strip().equals(BYE)) {
                return;
            }
            take(line.strip(), null);
        }
    }

    private void talkWithPerson() throws IOException, InterruptedException {
        try (Terminal terminal = TerminalBuilder.builder().dumb(true).build()) {
            LineReader reader = LineReaderBuilder.builder().terminal(terminal).build();
            while (true) {
                String line = reader.readLine(PROMPT).strip();
                if (line.equals(BYE)) {
                    return;
                }
                take(line, terminal);
            }
        } catch (EndOfFileException | UserInterruptException e) {
            // The person is done.
        }
    }

    /** @param terminal where Ctrl-C comes from; null for a pipe, where it ends the process */
    private void take(String line, @Nullable Terminal terminal) throws InterruptedException {
        switch (line) {
            case "" -> {}
            case "/help" -> System.out.println(HELP);
            case "/clear" -> clear();
            default -> answer(line, terminal);
        }
    }

    private void answer(String line, @Nullable Terminal terminal) throws InterruptedException {
        messages.add(message("user", line));
        try (AnswerStream stream = model.chat(messages, options)) {
            String answer = terminal == null ? print(stream) : printUntilInterrupted(stream, terminal);
            messages.add(message("assistant", answer));
        } catch (ForetokenException e) {
            messages.removeLast();
            System.out.println(e.code() == ErrorCode.CANCELLED ? "" : "foretoken: " + e.getMessage());
        }
    }

    private static String print(AnswerStream stream) throws InterruptedException {
        return new AnswerPrinter(System.out).print(stream);
    }

    private static String printUntilInterrupted(AnswerStream stream, Terminal terminal) throws InterruptedException {
        Terminal.SignalHandler before = terminal.handle(Terminal.Signal.INT, signal -> stream.cancel());
        try {
            return print(stream);
        } finally {
            terminal.handle(Terminal.Signal.INT, before);
        }
    }

    private void clear() {
        messages.clear();
        String first = system;
        if (first != null) {
            messages.add(message("system", first));
        }
    }

    private static Map<String, Object> message(String role, String content) {
        return Map.of("role", role, "content", content);
    }
}
