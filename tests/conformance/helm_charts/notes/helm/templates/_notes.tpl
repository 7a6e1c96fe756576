{{- define "notes.hello" }}Thank you for {{ . }}{{ end -}}
