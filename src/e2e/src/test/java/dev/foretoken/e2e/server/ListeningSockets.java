package dev.foretoken.e2e.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The TCP sockets on which a process takes connections, whatever part of it opened them, as Linux tells them (proc(5)). */
public final class ListeningSockets {

    private static final String LISTENING = "0A";
    private static final int ADDRESS_COLUMN = 1;
    private static final int STATE_COLUMN = 3;
    private static final int INODE_COLUMN = 9;
    /** Hexadecimal digits of a word of an address, which is printed as the machine keeps it. */
    private static final int WORD = 8;

    private ListeningSockets() {}

    public static Set<InetSocketAddress> of(long pid) {
        Path process = Path.of("/proc", Long.toString(pid));
        try {
            Set<String> descriptors = descriptors(process.resolve("fd"));
            Set<InetSocketAddress> out = new HashSet<>();
            for (String table : List.of("tcp", "tcp6")) {
                Path file = process.resolve("net").resolve(table);
                for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
                    String[] columns = line.strip().split("\\s+");
                    if (columns[STATE_COLUMN].equals(LISTENING)
                            && descriptors.contains("socket:[" + columns[INODE_COLUMN] + "]")) {
                        out.add(address(columns[ADDRESS_COLUMN]));
                    }
                }
            }
            return out;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> descriptors(Path folder) throws IOException {
        Set<String> out = new HashSet<>();
        try (Stream<Path> links = Files.list(folder)) {
            for (Path link : links.toList()) {
                try {
                    out.add(Files.readSymbolicLink(link).toString());
                } catch (NoSuchFileException e) {
                    continue; // closed meanwhile
                }
            }
        }
        return out;
    }

    private static InetSocketAddress address(String column) throws IOException {
        int colon = column.indexOf(':');
        ByteBuffer bytes = ByteBuffer.allocate(colon / 2).order(ByteOrder.nativeOrder());
        for (int at = 0; at < colon; at += WORD) {
            bytes.putInt(Integer.parseUnsignedInt(column, at, at + WORD, 16));
        }
        int port = Integer.parseInt(column.substring(colon + 1), 16);
        return new InetSocketAddress(InetAddress.getByAddress(bytes.array()), port);
    }
}
