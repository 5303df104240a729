package dev.foretoken.app.terminal;

import picocli.CommandLine.IVersionProvider;

/** The version the jar's manifest holds. */
public final class ProductVersion implements IVersionProvider {

    /** {@code foretoken VERSION}. */
    public static String text() {
        String version = ProductVersion.class.getPackage().getImplementationVersion();
        return "foretoken " + (version == null ? "development" : version);
    }

    @Override
    public String[] getVersion() {
        return new String[] {text()};
    }
}
