package dev.foretoken.registry.content;

/** The media types of a variant's parts. They are stable: manifests that exist name them. */
public final class MediaTypes {

    public static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    public static final String VARIANT = "application/vnd.foretoken.variant.v1+json";
    public static final String CONFIG = "application/vnd.foretoken.variant.config.v1+json";
    /** A whole file. */
    public static final String FILE = "application/vnd.foretoken.file.v1";
    /** Some bytes of a file: its header, or one or several tensors. */
    public static final String TENSORS = "application/vnd.foretoken.tensors.v1";

    private MediaTypes() {}
}
