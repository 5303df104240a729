package dev.foretoken.registry.blob;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Puts one blob and prints it as it was read back. Runs in a JVM of its own, which resolves the host names of buckets. */
final class HostNameProcess {

    private HostNameProcess() {}

    /** {@code args}: the location, and a folder for temporary files. */
    public static void main(String[] args) {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        try (S3Blobs blobs =
                S3Blobs.open(S3Location.parse(args[0]), S3Server.credentials(), 5 << 20, Path.of(args[1]))) {
            byte[] bytes = BlobStoreContract.text("by host name");
            out.println(new String(blobs.read(blobs.put(bytes), 100).orElseThrow(), StandardCharsets.UTF_8));
        }
    }
}
