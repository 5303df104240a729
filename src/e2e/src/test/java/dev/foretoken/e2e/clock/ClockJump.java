package dev.foretoken.e2e.clock;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import dev.foretoken.e2e.clock.agent.ClockAgent;
import dev.foretoken.e2e.clock.agent.ShiftedTime;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** Has the clocks of running processes jump. Needs no option of theirs: the agent comes by the attach interface of their virtual machine. */
public final class ClockJump {

    private static final List<String> CLASSES =
            List.of(ClockAgent.class.getName(), ShiftedTime.class.getName(), "dev.foretoken.e2e.clock.agent.TimeCalls");

    private final Path agent;

    /** @param folder where the agent is kept; longer than processes live that it came into */
    public ClockJump(Path folder) throws IOException {
        agent = folder.resolve("clock-agent.jar");
        try (OutputStream file = Files.newOutputStream(agent);
                JarOutputStream jar = new JarOutputStream(file, manifest(agent.getFileName()))) {
            for (String name : CLASSES) {
                add(jar, name.replace('.', '/') + ".class");
            }
        }
    }

    private static Manifest manifest(Path jar) {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Agent-Class", ClockAgent.class.getName());
        main.putValue("Can-Retransform-Classes", "true");
        // What the JDK's own classes call has to be where they are.
        main.putValue("Boot-Class-Path", jar.toString());
        return manifest;
    }

    private static void add(JarOutputStream jar, String name) throws IOException {
        jar.putNextEntry(new JarEntry(name));
        try (InputStream bytes = ClockJump.class.getClassLoader().getResourceAsStream(name)) {
            if (bytes == null) {
                throw new AssertionError(name + " is not among the classes of this test");
            }
            bytes.transferTo(jar);
        }
        jar.closeEntry();
    }

    /** Brings the agent into the process, whose clock stays as it is: each jump takes no time then. */
    public void prepare(long pid) {
        load(pid, ClockAgent.STAY);
    }

    /** Returns when the process reads the new time; each jump counts from the true time. A process that began later has that. */
    public void jump(long pid, Duration ahead) {
        load(pid, Long.toString(ahead.toMillis()));
    }

    private void load(long pid, String argument) {
        try {
            VirtualMachine process = VirtualMachine.attach(Long.toString(pid));
            try {
                process.loadAgent(agent.toString(), argument);
            } finally {
                process.detach();
            }
        } catch (AttachNotSupportedException | AgentLoadException | AgentInitializationException | IOException failed) {
            throw new AssertionError("the clock of process " + pid + " could not be made to jump", failed);
        }
    }
}
