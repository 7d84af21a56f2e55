import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

export type Files = ReturnType<typeof openFiles>;

/** The private bucket: what is too large for a table or a message lies here, and only its key travels. */
export function openFiles(s3: S3Client, bucket: string) {
  return {
    async put(key: string, content: string | Uint8Array, contentType: string): Promise<void> {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: content, ContentType: contentType }));
    },

    /** The whole file, or `bytes` of it from `from` on. */
    async get(key: string, part?: { from: number; bytes: number }): Promise<Uint8Array> {
      const Range = part && `bytes=${part.from}-${part.from + part.bytes - 1}`;
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range }));
      if (Body === undefined) throw new Error(`${key} has no content`);
      return Body.transformToByteArray();
    },
  };
}
