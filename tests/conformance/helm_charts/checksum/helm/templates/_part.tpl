{{- define "checksum.part" -}}
color: {{ .Values.color | quote }}
{{- with .Values.lines }}
lines: {{ . | quote }}
{{- end }}
{{- end }}
