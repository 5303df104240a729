package dev.foretoken.registry.remote;

import dev.foretoken.registry.content.Quoted;
import java.net.URI;

/** Somebody else's text, made fit for a message: in quotes, short, on one line. */
public final class Shown {

    private static final int MOST = 200;

    private Shown() {}

    public static String of(String text) {
        return Quoted.of(text, MOST);
    }

    /** Host and path, without the query: signed addresses have their secrets there. */
    public static String of(URI uri) {
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        return of(uri.getScheme() + "://" + uri.getHost() + port + uri.getPath());
    }
}
