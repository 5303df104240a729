package dev.foretoken.registry.blob;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Random;

/** Puts blobs into a folder store for ever, and prints the digest of each after its commit. Runs in a JVM of its own, to be killed. */
final class PuttingProcess {

    private PuttingProcess() {}

    /** {@code args}: the store's folder, a seed, and how many different blobs there are. */
    public static void main(String[] args) {
        PrintStream out =
                new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true, StandardCharsets.UTF_8);
        LocalBlobs blobs = LocalBlobs.open(Path.of(args[0]), Clock.systemUTC());
        Random random = new Random(Long.parseLong(args[1]));
        out.println("ready");
        while (!out.checkError()) {
            byte[] bytes = bytes(random.nextInt(Integer.parseInt(args[2])));
            try (BlobWriter writer = blobs.begin()) {
                for (int at = 0; at < bytes.length; at += 4096) {
                    writer.write(bytes, at, Math.min(4096, bytes.length - at));
                }
                out.println(writer.commit());
            }
        }
    }

    /** The content of the {@code index}-th blob: up to 64 KiB. */
    static byte[] bytes(int index) {
        Random random = new Random(index);
        byte[] bytes = new byte[random.nextInt(1 << 16)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Starts one. */
    static Process start(Path folder, int seed, int different) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return new ProcessBuilder(List.of(
                        java.toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        PuttingProcess.class.getName(),
                        folder.toString(),
                        Integer.toString(seed),
                        Integer.toString(different)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
