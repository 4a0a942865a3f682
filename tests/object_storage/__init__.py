"""A lake in a bucket, on a real server of the S3 protocol that the tests start themselves."""
