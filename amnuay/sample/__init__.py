"""The sample office: invented people, schools and letters, made by sending the real commands."""
