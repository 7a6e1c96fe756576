{{ define "layout.labels" }}
    app: layout
    release: {{ .Release.Name }}
{{ end }}
{{- define "layout.one" -}}one{{- end -}}
